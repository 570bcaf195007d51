"""Which fields of JSON responses have lost their values."""

import json
from time import perf_counter

import pytest

from core.diagnosis.json_fields import filled_fields, lost_fields
from core.diagnosis.session_facts import SessionFact
from tests.core.diagnosis.facts import exchange, session


def visit(*answers: object) -> SessionFact:
    calls = [exchange("/api/items", "fetch", exchange_id=f"call {n}") for n, _answer in enumerate(answers)]
    fields = {f"call {n}": filled_fields(json.dumps(answer)) for n, answer in enumerate(answers)}
    return session(*calls, json_fields=fields)


GOOD = visit({"items": [{"name": "Lamp", "maker": {"name": "Ada"}}, {"name": "Desk", "price": 12}], "total": 2})


@pytest.mark.parametrize(
    ("now", "named"),
    [
        ({"data": [], "total": 2}, "“items”"),
        ({"items": None, "total": 2}, "“items”"),
        ({"items": [], "total": 2}, "“items”"),
        ({"items": [{"name": "Lamp", "price": 12}], "total": 2}, "“items.maker”"),
        ({"items": [{"maker": {"name": "Ada"}}], "total": 2}, "“items.name” and “items.price”"),
        ({}, "“items” and “total”"),
    ],
    ids=["another name", "null", "an empty list", "a part", "two", "nothing"],
)
def test_the_highest_fields_that_lost_their_value_are_named(now: object, named: str) -> None:
    said = lost_fields(visit(now), GOOD)

    assert said == f"; the response of /api/items has no value for {named}, which it had before"


@pytest.mark.parametrize(
    "now",
    [
        {"items": [{"name": "Chair", "maker": {"name": "Bob"}, "price": 0}], "total": 0, "new": 1},
        {"items": [{"name": "Chair", "maker": {"name": "Bob"}}, {"price": 9}], "total": False},
    ],
    ids=["other values", "in several elements"],
)
def test_other_values_are_not_lost(now: object) -> None:
    assert not lost_fields(visit(now), GOOD)


def test_all_responses_of_a_call_count_together() -> None:
    assert not lost_fields(visit({"a": 1}, {"b": 1}), visit({"b": 1}, {"a": 1}))


def test_a_response_with_very_many_fields_is_not_compared() -> None:
    few, many = ({"items": {f"{a}{b}": 1 for a in names for b in names}} for names in ("abcd", "abcdefghijklmnopqrst"))

    assert not lost_fields(visit(many), visit(few))
    assert not lost_fields(visit({}, many), visit(few))
    assert not lost_fields(visit({}), visit(many))


def test_a_field_may_be_in_any_element_of_a_list() -> None:
    items = [{"name": "x"}] * 100

    assert not lost_fields(visit([*items, {"price": 1}]), visit([{"price": 1}, *items]))


def test_a_call_that_the_good_session_did_not_make_lost_nothing() -> None:
    assert not lost_fields(visit({}), session())


def test_keys_that_are_data_are_no_fields() -> None:
    assert filled_fields(
        '{"2026-01-05": 1, "a81f-33": {"name": "x"}, "line1": "x", "users": {"7": {"name": "x"}}}'
    ) == frozenset({"line1", "users"})


@pytest.mark.parametrize("text", ["[" * 90_000, '{"a":' * 20_000, "[1", "", '"a"', "[" + "{}," * 30_000 + "{}]"])
def test_hostile_json_is_read_quickly(text: str) -> None:
    began = perf_counter()

    assert not filled_fields(text)
    assert perf_counter() - began < 5
