"""What an answer of data says of an error, whatever its status: GraphQL's ``errors``, ``{"success": false}``. Pure."""

import json
from typing import Any

from core.phrases import shortened

MOST_CHARACTERS = 100_000  # of an answer that is looked into
LONGEST = 120
LONGEST_BEGINNING = 60
BATCHED = frozenset({"data", "errors", "error", "result", "extensions", "id", "jsonrpc"})
"""What alone each answer of a batch has, of GraphQL, tRPC or JSON-RPC: a list of other things may tell of errors."""
ERRORS = range(400, 600)  # statuses of HTTP that tell of one
NAMES = ("message", "detail", "title", "description", "reason", "error_description", "code", "error")


def error_in_json(text: str) -> str | None:
    """The words in which *text*, JSON, tells of an error outermost, or in a batch; None where it tells of none."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    answers = data if isinstance(data, list) and all(map(_is_of_batch, data)) else [data]
    return next(filter(None, map(_told, answers)), None)


def invalid_json_start(text: str) -> str | None:
    """How *text* begins, where it is none that a script can take for JSON; None where it is, or is too long to say."""
    content = text.removeprefix("\ufeff").strip()
    if len(content) > MOST_CHARACTERS or not content:
        return None
    try:
        json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return shortened(" ".join(content.split()), LONGEST_BEGINNING)
    return None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is no JSON, though Python's own reader takes it for some")


def _is_of_batch(answer: Any) -> bool:
    if not isinstance(answer, dict) or not answer or not answer.keys() <= BATCHED:
        return False
    return isinstance(answer.get("error"), dict | None)


def _told(data: Any) -> str | None:
    if not isinstance(data, dict):
        return None
    for name in ("errors", "error"):
        if data.get(name):
            return _cut(_words(data[name]) or _words(_named(data)) or name)
    for name in ("success", "ok"):
        if data.get(name) is False:
            return _cut(_words(_named(data)) or f"{name}: false")
    status = data.get("status")
    is_error = str(status).lower() in ("error", "fail", "failed", "failure")
    if isinstance(status, int) and status in ERRORS and (words := _words(_named(data))):  # RFC 9457, Spring and others
        return _cut(f"{status}: {words}")
    return _cut(_words(_named(data)) or f"status: {data['status']}") if is_error else None


def _named(data: dict[str, Any]) -> list[Any]:
    return [data[name] for name in NAMES if name in data]


def _words(value: Any) -> str | None:
    """The first words that a person can read."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return next(filter(None, map(_words, value)), None)
    if isinstance(value, dict):
        return _words(_named(value) or list(value.values()))
    return None


def _cut(words: str) -> str:
    return shortened(" ".join(words.split()), LONGEST)
