"""Finds fields of JSON responses that had a value in the last good session and have none now. Pure."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from core.diagnosis.json_errors import parsed
from core.diagnosis.session_facts import Key, SessionFact
from core.diagnosis.words import listed, short

MAX_DEPTH = 4
MAX_ELEMENTS = 1_000  # of a list; the others have the same fields in most responses
MAX_FIELDS = 300  # a response with more is not compared
WORD = re.compile(r"[A-Za-z_-]{1,40}\d?")  # other names are keys of data, such as ids and dates
ABSENT: tuple[Any, ...] = (None, "", [], {})


def filled_fields(text: str) -> frozenset[str] | None:
    """Return the paths of the fields with a value in the JSON *text*, such as ``items.price``, without its lists.

    None if there are more than `MAX_FIELDS`.
    """
    found: set[str] = set()
    waiting: list[tuple[str, int, Any]] = [("", 0, parsed(text))]
    while waiting and len(found) < MAX_FIELDS:
        path, depth, value = waiting.pop()
        if isinstance(value, list):
            waiting.extend((path, depth, one) for one in value[:MAX_ELEMENTS] if isinstance(one, dict))
        elif isinstance(value, dict) and depth < MAX_DEPTH:
            below = {f"{path}.{name}".lstrip("."): one for name, one in value.items() if _is_field(name, one)}
            found.update(below)
            waiting.extend((name, depth + 1, one) for name, one in below.items())
    return frozenset(found) if len(found) < MAX_FIELDS else None


def _is_field(name: str, value: Any) -> bool:
    return WORD.fullmatch(name) is not None and value not in ABSENT


def lost_fields(session: SessionFact, good: SessionFact) -> str:
    """Describe what the responses to scripts lack that they had in the good session; "" if they lack nothing."""
    before, now = _by_key(good), _by_key(session)
    both = [(*now[key], before[key][1]) for key in now if key in before]
    lost = [(url, fields) for url, filled, was in both if filled is not None and was and (fields := _lost(was, filled))]
    if not lost:
        return ""
    url, fields = lost[0]
    named = listed([f"“{name}”" for name in fields], limit=2)
    return f"; the response of {short(url, session.url)} has no value for {named}, which it had before"


def _by_key(session: SessionFact) -> dict[Key, tuple[str, frozenset[str] | None]]:
    """Return the URL and the filled fields of each call, of all its responses together; None with too many fields."""
    found: dict[Key, tuple[str, frozenset[str] | None]] = {}
    for exchange in session.exchanges:
        if exchange.exchange_id in session.json_fields:
            key = session.key_of(exchange)
            fields = session.json_fields[exchange.exchange_id]
            known = found[key][1] if key in found else frozenset()
            found[key] = (exchange.url, None if fields is None or known is None else known | fields)
    return found


def _lost(before: frozenset[str], now: frozenset[str]) -> Sequence[str]:
    """Return the fields that are lost, without those below another one that is lost."""
    gone = before - now
    return sorted(name for name in gone if not gone.intersection(_above(name)))


def _above(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name
