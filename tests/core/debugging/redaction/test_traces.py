"""Secrets in a trace are masked, and it stays a valid trace."""

import io
import json
import zipfile
from typing import Any

import pytest

from core.debugging.redact import MARK, RedactionPolicy
from core.debugging.redaction.traces import mask_trace

PLAIN = RedactionPolicy()


def masked(name: str, content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as trace:
        trace.writestr(name, content)
    with zipfile.ZipFile(io.BytesIO(mask_trace(file.getvalue(), PLAIN))) as clean:
        return clean.read(name)


@pytest.mark.parametrize(
    "told",
    [
        {"request": {"headers": [{"name": "Authorization", "value": "Bearer SECRET"}]}},
        {"request": {"cookies": [{"name": "anything", "value": "SECRET"}]}},
        {"request": {"queryString": [{"name": "token", "value": "SECRET"}]}},
        {"request": {"queryString": [{"name": "code", "value": "SECRET"}]}},
        {"request": {"queryString": [{"name": "next", "value": "/b?token=SECRET"}]}},
        {"request": {"url": "https://a.example/?code=SECRET"}},
        {"type": "console", "text": "password: SECRET"},
        {"params": {"password": "SECRET"}},
        {"html": ["FORM", {}, ["INPUT", {"type": "password", "name": "f7", "__playwright_value_": "SECRET"}]]},
        {"html": ["INPUT", {"name": "csrf_token", "value": "SECRET"}]},
        {"type": "send", "opcode": 1, "data": "passcode:SECRET"},
        {"type": "send", "opcode": 2, "data": "eyJ0b2tlbiI6ICJTRUNSRVQifQ=="},
    ],
    ids=[
        "header",
        "cookie",
        "query",
        "code",
        "query in a query",
        "url",
        "console",
        "field",
        "field's value",
        "input",
        "frame",
        "binary frame",
    ],
)
def test_secrets_in_a_traces_lines_are_masked(told: dict[str, Any]) -> None:
    line = masked("trace.network", json.dumps(told).encode())

    assert b"SECRET" not in line and b"U0VDUkVU" not in line and b"JTRUNSRVQ" not in line
    assert json.loads(line).keys() == told.keys()


def test_secrets_in_text_bodies_are_masked_and_binary_bodies_stay() -> None:
    picture = b"\x89PNG\x00token=SECRET"

    assert MARK.search(masked("resources/1.json", b'{"token": "SECRET"}').decode())
    assert masked("resources/2.png", picture) == picture
    assert masked("screencast/3.jpeg", picture) == picture


def test_a_trace_without_secrets_stays_unchanged() -> None:
    told = {"type": "before", "callId": "c@1", "startTime": 1.5, "params": {"url": "https://a.example/?page=2"}}

    assert json.loads(masked("trace.trace", json.dumps(told).encode())) == told


def test_data_that_is_no_trace_is_returned_unchanged() -> None:
    assert mask_trace(b"no trace", PLAIN) == b"no trace"
