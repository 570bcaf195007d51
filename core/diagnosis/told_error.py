"""What an answer of data says of an error, whatever its status: GraphQL's ``errors``, ``{"success": false}``. Pure."""

import json
from typing import Any

MOST_CHARACTERS = 100_000  # of an answer that is looked into
LONGEST = 120
NAMES = ("message", "detail", "title", "description", "reason", "error_description", "code", "error")


def told_error(text: str) -> str | None:
    """The words in which *text*, JSON, tells of an error in its outermost object; None where it tells of none."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    for name in ("errors", "error"):
        if data.get(name):
            return _cut(_words(data[name]) or _words(_named(data)) or name)
    for name in ("success", "ok"):
        if data.get(name) is False:
            return _cut(_words(_named(data)) or f"{name}: false")
    is_error = str(data.get("status")).lower() in ("error", "fail", "failed", "failure")
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
    plain = " ".join(words.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"
