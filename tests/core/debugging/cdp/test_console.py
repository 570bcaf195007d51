"""Console messages are recorded as a console shows them."""

from typing import Any

import pytest

from core.clock import utc_now
from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.cdp.console import console_values
from core.debugging.time_axis import TimeAxis

DIRECT = ConnectionFacts()
AXIS = TimeAxis(started_at=utc_now(), origin=0.0, wall_origin=0.0)
TEXT = r"{a: 'it\'s', b: 1}"


def called(arguments: list[dict[str, Any]], **overrides: Any) -> dict[str, Any]:
    return {"type": "log", "timestamp": 0.0, "args": arguments} | overrides


@pytest.mark.parametrize(
    ("value", "word"),
    [(0, "0"), (1, "1"), (1.5, "1.5"), (True, "true"), (False, "false"), (None, "null"), ("1", "1"), ({}, "{…}")],
    ids=str,
)
def test_a_logged_value_is_shown_unchanged(value: Any, word: str) -> None:
    arguments = [{"type": "string", "value": "is"}, {"type": "any", "value": value}]

    message = console_values("Runtime.consoleAPICalled", called(arguments), AXIS, DIRECT)

    assert message is not None
    assert message["text"] == f"is {word}"


def test_a_workers_message_is_recorded_once() -> None:
    entry = {"source": "worker", "level": "info", "text": "hello", "timestamp": 0.0, "workerId": "7"}

    assert console_values("Log.entryAdded", {"entry": entry}, AXIS, DIRECT) is None
    assert console_values("Log.entryAdded", {"entry": entry | {"source": "network"}}, AXIS, DIRECT) is not None


def prop(name: str, kind: str, value: str) -> dict[str, str]:
    return {"name": name, "type": kind, "value": value}


MAP = {
    "description": "Map(1)",
    "subtype": "map",
    "properties": [prop("size", "number", "1")],
    "entries": [
        {
            "key": {"type": "string", "description": "token"},
            "value": {"type": "object", "description": "Object", "properties": [prop("a", "number", "1")]},
        }
    ],
}
ROW = {"description": "Object", "properties": [prop("a", "number", "1")]}
TABLE = {
    "description": "Array(1)",
    "subtype": "array",
    "properties": [{"name": "0", "type": "object", "valuePreview": ROW}],
}
SET = {"description": "Set(1)", "subtype": "set", "properties": [], "entries": [{"value": {"description": "7"}}]}


@pytest.mark.parametrize(
    ("preview", "words"),
    [
        ({"description": "Object", "properties": [prop("a", "string", "it's"), prop("b", "number", "1")]}, TEXT),
        ({"description": "Object", "properties": [prop("o", "object", "Object")]}, "{o: {…}}"),
        (TABLE, "[{a: 1}]"),
        ({"description": "Array(2)", "subtype": "array", "properties": [prop("0", "string", "1")]}, "['1']"),
        ({"description": "Point", "properties": [prop("x", "number", "1")], "overflow": True}, "Point {x: 1, …}"),
        ({"description": "Thu Jan 01 1970", "subtype": "date", "properties": []}, "Thu Jan 01 1970"),
        ({"description": "/re/g", "subtype": "regexp", "properties": [prop("flags", "string", "g")]}, "/re/g"),
        ({"description": "body", "subtype": "node", "properties": [prop("text", "string", "")]}, "body"),
        (MAP, "Map(1) {'token' => {a: 1}}"),
        (SET, "Set(1) {7}"),
    ],
    ids=["object", "nested", "table", "array", "instance", "date", "expression", "element", "map", "set"],
)
def test_a_logged_object_is_formatted_like_in_a_console(preview: dict[str, Any], words: str) -> None:
    arguments = [{"type": "object", "description": preview["description"], "preview": preview}]

    message = console_values("Runtime.consoleAPICalled", called(arguments), AXIS, DIRECT)

    assert message is not None
    assert message["text"] == words


def test_group_end_makes_no_message() -> None:
    assert console_values("Runtime.consoleAPICalled", called([], type="endGroup"), AXIS, DIRECT) is None


def test_a_thrown_object_is_shown() -> None:
    preview = {"description": "Object", "properties": [prop("code", "number", "1")]}
    thrown = {"type": "object", "description": "Object", "preview": preview}
    details = {"text": "Uncaught", "exception": thrown, "lineNumber": 0, "columnNumber": 0}

    message = console_values("Runtime.exceptionThrown", {"timestamp": 0.0, "exceptionDetails": details}, AXIS, DIRECT)

    assert message is not None
    assert message["text"] == "Uncaught {code: 1}"
