"""Reads errors from JSON responses of any status, such as GraphQL's ``errors`` or ``{"success": false}``. Pure."""

import json
import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from core.phrases import shortened

MAX_CHARACTERS = 100_000  # longer responses are not parsed
MAX_MESSAGE = 120
LONGEST_BEGINNING = 60
BATCHED = frozenset({"data", "errors", "error", "result", "extensions", "id", "jsonrpc"})
"""Keys of a response in a batch of GraphQL, tRPC or JSON-RPC. With other keys, a list contains data, not responses."""
DESCRIPTIONS = ("error_description", "message", "detail", "description", "reason")
PHRASES = frozenset(status.phrase for status in HTTPStatus)
CODE = re.compile(r"[\w.:-]+")
ERRORS = range(400, 600)  # HTTP statuses of errors
UNHEALTHY = ("down", "unhealthy", "out_of_service", "fail", "failed", "error", "critical", "unavailable")
PARTS = ("components", "checks", "details", "services", "dependencies", "entries")
FINE = ("ok", "up", "pass", "passed", "passing", "healthy", "true", "success", "green")
NAMES = ("message", "msg", "detail", "title", "description", "reason", "error_description", "code", "error")


def parsed(text: str) -> Any:
    """Return the value of the JSON *text*; None if it is invalid or too long."""
    if len(text) > MAX_CHARACTERS:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def error_in_json(text: str) -> str | None:
    """Return the error message at the top level of the JSON *text*, or of a batch's responses; None without one."""
    return _error_in(parsed(text))


def error_response_text(text: str) -> str | None:
    """Return the message of the JSON body *text* of a 4xx or 5xx response; None without one."""
    data = parsed(text)
    error = _error_in(data)
    if error is not None or not isinstance(data, dict):
        return error
    words = _words(_named(data))
    return _cut(words) if words else None


def unhealthy_part(text: str) -> str | None:
    """Return what a health response in JSON reports as failing, such as ``db: connection refused``; None without it.

    It has a status at its top level, and its parts in an object below it, such as Spring's ``components``.
    """
    data = parsed(text)
    if not isinstance(data, dict) or str(data.get("status")).lower() not in UNHEALTHY:
        return None
    groups = (data.get(name) for name in PARTS)
    parts = [part for group in groups if isinstance(group, dict) for part in group.items()]
    states = [(name, state) for name, part in parts if (state := _state(part))]
    unhealthy = [pair for pair in states if pair[1].lower() in UNHEALTHY]
    told = [pair for pair in states if pair[1].lower() not in FINE and not pair[1][0].isdigit()]  # no version or time
    failing = next((f"{name}: {state}" for name, state in unhealthy or told), None)
    return _cut(failing) if failing else None if _error_in(data) else _cut(f"status: {data['status']}")


def _state(part: Any) -> str | None:
    """Return the status of a part of a health response, or its text if it is only that."""
    one = part[0] if isinstance(part, list) and part else part
    return _words(one.get("status")) if isinstance(one, dict) else _words(one)


def json_texts(text: str) -> list[str]:
    """Return all texts in the JSON object or list *text*, in its order; none if it is something else or too long."""
    return list(_texts(parsed(text))) if text.lstrip().startswith(("{", "[")) else []


def _texts(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:  # not recursive, because hostile responses are nested deeply
        one = waiting.pop()
        if isinstance(one, str):
            yield " ".join(one.split())
        elif isinstance(one, dict | list):
            waiting.extend(reversed(one.values() if isinstance(one, dict) else one))


def invalid_json_start(text: str) -> str | None:
    """Return the beginning of *text* if a script could not parse it as JSON; None if it could, or if it is too long."""
    content = text.removeprefix("\ufeff").strip()
    if len(content) > MAX_CHARACTERS or not content:
        return None
    try:
        json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return shortened(" ".join(content.split()), LONGEST_BEGINNING)
    return None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not valid JSON, although Python's parser accepts it")


def _error_in(data: Any) -> str | None:
    responses = data if isinstance(data, list) and all(map(_is_of_batch, data)) else [data]
    return next(filter(None, map(_error_text, responses)), None)


def _is_of_batch(answer: Any) -> bool:
    if not isinstance(answer, dict) or not answer or not answer.keys() <= BATCHED:
        return False
    return isinstance(answer.get("error"), dict | None)


def _error_text(data: Any) -> str | None:
    if not isinstance(data, dict):
        return None
    for name in ("errors", "error"):
        if data.get(name):
            return _cut(_with_description(_words(data[name]) or _words(_named(data)) or name, data))
    for name in ("success", "ok"):
        if data.get(name) is False:
            return _cut(_words(_named(data)) or f"{name}: false")
    status = data.get("status")
    if "msg" in data or "message" in data:  # otherwise it may be the code of a product
        status = data.get("code") if not isinstance(status, int) else status
    is_error = str(data.get("status")).lower() in ("error", "fail", "failed", "failure")
    if isinstance(status, int) and status in ERRORS and (words := _words(_named(data))):  # RFC 9457, Spring and others
        return _cut(f"{status}: {words}")
    return _cut(_words(_named(data)) or f"status: {data['status']}") if is_error else None


def _with_description(words: str, data: dict[str, Any]) -> str:
    """Add the description to a mere code such as ``invalid_token`` (RFC 6749 §5.2), and put it in place of a status."""
    texts = (data.get(name) for name in DESCRIPTIONS)
    described = next((text for text in texts if isinstance(text, str)), None)
    if described and words in PHRASES:
        return described
    return f"{words}: {described}" if described and CODE.fullmatch(words) and described != words else words


def _named(data: dict[str, Any]) -> list[Any]:
    return [data[name] for name in NAMES if name in data]


def _words(value: Any) -> str | None:
    """Return the first text in *value*, at any depth."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next(filter(None, map(_words, value)), None)
    if isinstance(value, dict):
        words, place = _words(_named(value) or list(value.values())), value.get("loc")
        if words and isinstance(place, list):  # of FastAPI and Pydantic: ["query", "q"]
            return f"{'.'.join(map(str, place))}: {words}"
        return words
    return None


def _cut(words: str) -> str:
    return shortened(" ".join(words.split()), MAX_MESSAGE)
