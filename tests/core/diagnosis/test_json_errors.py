"""Errors in JSON responses are found regardless of the status."""

import json
from typing import Any

import pytest

from core.diagnosis.json_errors import error_in_json, error_response_text, invalid_json_start, unhealthy_part


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"error": "not signed in"}, "not signed in"),
        ({"error": {"code": "DB_TIMEOUT", "message": "upstream timeout"}}, "upstream timeout"),
        ({"error": True, "message": "no stock"}, "no stock"),
        ({"data": None, "errors": [{"message": "Internal server error", "path": ["a"]}]}, "Internal server error"),
        ({"errors": {"email": ["is not one"]}}, "is not one"),
        ({"success": False, "message": "try later"}, "try later"),
        ({"ok": False, "error": "ratelimited"}, "ratelimited"),
        ({"success": False}, "success: false"),
        ({"status": "error", "data": {}}, "status: error"),
        ({"type": "about:blank", "title": "Service Unavailable", "status": 503}, "503: Service Unavailable"),
        ({"code": 500, "msg": "系统异常", "data": None}, "500: 系统异常"),
        ({"status": "x", "code": 503, "message": "no replica"}, "503: no replica"),
        ({"error": 17}, "error"),
        ([{"data": {"a": 1}}, {"data": None, "errors": [{"message": "no database"}]}], "no database"),
        ([{"result": {"data": 1}}, {"error": {"json": {"message": "no database"}}}], "no database"),
    ],
)
def test_the_error_message_is_returned(data: Any, words: str) -> None:
    assert error_in_json(json.dumps(data)) == words


def test_the_field_that_a_refusal_is_about_is_named() -> None:
    refusal = {"detail": [{"type": "missing", "loc": ["query", "q"], "msg": "Field required", "input": None}]}

    assert error_response_text(json.dumps(refusal)) == "query.q: Field required"


@pytest.mark.parametrize(
    "text",
    [
        *('{"error": null, "data": 1}', '{"errors": []}', '{"success": true}', '{"status": "ok"}', '{"status": 3}'),
        *('{"code": 450, "title": "Lamp"}', '{"code": 0, "msg": "ok"}', '{"code": 200, "message": "ok"}'),
        *('{"status": 503}', '{"status": 200, "message": "ok"}', '{"status": 404.5, "message": "x"}'),
        *('[{"error": "x"}]', '"error"', "{", "", "[" * 50_000, '{"items": [{"error": "of one of them"}]}', "[]"),
        *('[{"id": 7, "error": "disk full"}]', '[{"job": 7, "error": {"message": "of one of them"}}]', "[{}]"),
    ],
)
def test_json_without_an_error_gives_none(text: str) -> None:
    assert error_in_json(text) is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"status": "DOWN", "components": {"disk": {"status": "UP"}, "db": {"status": "DOWN"}}}', "db: DOWN"),
        ('{"status": "unhealthy", "checks": {"db": "connection refused"}}', "db: connection refused"),
        ('{"status": "fail", "checks": {"a": [{"status": "pass"}], "b": [{"status": "fail"}]}}', "b: fail"),
        (
            '{"status": "unhealthy", "checks": {"version": "1.2.3", "db": "connection refused"}}',
            "db: connection refused",
        ),
        ('{"status": "DOWN", "components": {"mail": {"status": "UNKNOWN"}, "db": {"status": "DOWN"}}}', "db: DOWN"),
        (
            '{"status": "Unhealthy", "entries": {"a": {"took": "1", "status": "Healthy"}, "b": {"status": "fail"}}}',
            "b: fail",
        ),
        ('{"status": "DOWN"}', "status: DOWN"),
        ('{"status": "DOWN", "checks": {"a": 1, "b": []}}', "status: DOWN"),
        ('{"status": "error", "message": "Application not found"}', None),
        ('{"status": "UP", "components": {"db": {"status": "DOWN"}}}', None),
        ("[]", None),
        ("no JSON", None),
    ],
)
def test_the_failing_part_of_a_health_response_is_named(text: str, words: str | None) -> None:
    assert unhealthy_part(text) == words


def test_a_long_message_is_shortened() -> None:
    words = error_in_json(json.dumps({"error": "no " * 1_000}))

    assert words is not None
    assert len(words) == 120


@pytest.mark.parametrize(
    ("text", "begins"),
    [
        ('{"a": 1}', None),
        ("\ufeff[1]\n", None),
        ("12", None),
        ("", None),
        ('[{"price": NaN}]', '[{"price": NaN}]'),
        ("<br />\n<b>Warning</b>: {}", "<br /> <b>Warning</b>: {}"),
        ('["cut in the mid', '["cut in the mid'),
        ("x" * 200_000, None),
    ],
)
def test_the_beginning_of_invalid_json_is_returned(text: str, begins: str | None) -> None:
    assert invalid_json_start(text) == begins


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"error": "invalid_token", "error_description": "clock skew"}, "invalid_token: clock skew"),
        ({"error": "Not Found", "message": "no such basket"}, "no such basket"),
        ({"error": "gone"}, "gone"),
    ],
)
def test_a_code_is_followed_by_its_description(data: dict[str, str], words: str) -> None:
    assert error_in_json(json.dumps(data)) == words
