"""Searches the recording of one debug session for text or for a header."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from core.models import NetworkEvent

_SEARCHED = (
    NetworkEvent.exchange_id,
    NetworkEvent.url,
    NetworkEvent.request_headers,
    NetworkEvent.response_headers,
    NetworkEvent.request_payload,
    NetworkEvent.request_payload_encoding,
    NetworkEvent.response_payload,
    NetworkEvent.response_payload_encoding,
)
AT_ONCE = 500  # events in memory while their bodies are searched
AROUND = 60  # characters shown on both sides of a hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A match with the text around it."""

    exchange_id: str
    where: str
    """URL, request headers, response headers, request body or response body."""
    before: str
    match: str
    after: str


def search(db: Session, session_id: int, text: str, limit: int) -> list[Hit]:
    """Return the first *limit* matches of *text* in URLs, headers and text bodies, ignoring case."""
    pattern, lowered = re.compile(re.escape(text), re.IGNORECASE), text.lower()
    searched = (
        select(*_SEARCHED)
        .where(NetworkEvent.debug_session_id == session_id)
        .order_by(NetworkEvent.timestamp, NetworkEvent.id)
    )
    hits: list[Hit] = []
    seen: set[tuple[str, str]] = set()
    with closing(db.execute(searched.execution_options(yield_per=AT_ONCE))) as events:
        for event in events:
            for where, content in _texts(event):
                place = (event.exchange_id or "", where)
                # The plain substring test comes first, because it takes a tenth of the pattern's time.
                if place in seen or lowered not in content.lower() or not (match := pattern.search(content)):
                    continue
                seen.add(place)
                hits.append(_hit(*place, match))
                if len(hits) >= limit:
                    return hits
    return hits


def having_response_header(db: Session, session_id: int, name: str) -> list[str]:
    """Return the ids of the exchanges whose answer had the header, ignoring case."""
    query = select(NetworkEvent.exchange_id, NetworkEvent.response_headers).where(
        NetworkEvent.debug_session_id == session_id, NetworkEvent.response_headers.is_not(None)
    )
    wanted = name.lower()
    found = (
        exchange_id
        for exchange_id, headers in db.execute(query).yield_per(AT_ONCE)
        if exchange_id and wanted in {key.lower() for key in headers or {}}
    )
    return list(dict.fromkeys(found))


def _texts(event: Row[*tuple[Any, ...]]) -> Iterator[tuple[str, str]]:
    yield "URL", event.url
    for where, headers in (("request headers", event.request_headers), ("response headers", event.response_headers)):
        if headers:
            yield where, "\n".join(f"{name}: {value}" for name, value in headers.items())
    if event.request_payload and not event.request_payload_encoding:
        yield "request body", event.request_payload
    if event.response_payload and not event.response_payload_encoding:
        yield "response body", event.response_payload


def _hit(exchange_id: str, where: str, match: re.Match[str]) -> Hit:
    content, (start, end) = match.string, match.span()
    return Hit(
        exchange_id=exchange_id,
        where=where,
        before=content[max(0, start - AROUND) : start],
        match=match.group(),
        after=content[end : end + AROUND],
    )
