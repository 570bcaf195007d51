"""Request bodies name their operation."""

import json
from typing import Any

import pytest

from core.diagnosis.operation import operation


@pytest.mark.parametrize(
    ("body", "asked"),
    [
        ({"operationName": "Cart", "query": "query Basket { cart }"}, "Cart"),
        ({"query": "mutation Pay($a: Int) { pay(a: $a) }", "operationName": None}, "Pay"),
        ({"query": "{ cart\n  { id } }"}, "{ cart { id } }"),
        ([{"query": "query A { a }"}, {"query": "query B { b }"}], "A B"),
        ({"jsonrpc": "2.0", "method": "eth_call", "id": 1}, "eth_call"),
    ],
    ids=["by its name", "by its query's name", "by its query", "batch", "JSON-RPC"],
)
def test_a_request_is_named_by_its_operation(body: Any, asked: str) -> None:
    assert operation(json.dumps(body)) == asked


def test_a_form_is_named_by_its_action() -> None:
    assert operation("action=load_cart&nonce=1") == "load_cart"


@pytest.mark.parametrize("body", ["", "a=1", "{", "[]", "[1]", '{"method": "PUT"}', '{"query": 3}', "[" * 50_000])
def test_another_body_names_no_operation(body: str) -> None:
    assert operation(body) is None
