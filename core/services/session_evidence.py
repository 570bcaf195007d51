"""All SQL for reading what a debug session recorded, as the page of the session needs it."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from core.models import (
    ArtifactKind,
    ConsoleMessage,
    DebugSession,
    DebugSessionState,
    NetworkEvent,
    SessionArtifact,
    SessionTrigger,
    Website,
)
from core.services.debug_session import began_otherwise
from core.services.finding import FindingCRUD, has_fault
from core.services.rows import page_of

# What a waterfall's row shows. The rest, headers and payloads, is most of an event's bytes; and plain columns
# are read in half the time of objects.
_ROW = (
    NetworkEvent.id,
    NetworkEvent.exchange_id,
    NetworkEvent.event_type,
    NetworkEvent.url,
    NetworkEvent.method,
    NetworkEvent.status_code,
    NetworkEvent.status_text,
    NetworkEvent.error_message,
    NetworkEvent.resource_type,
    NetworkEvent.mime_type,
    NetworkEvent.protocol,
    NetworkEvent.remote_address,
    NetworkEvent.connection_id,
    NetworkEvent.is_connection_reused,
    NetworkEvent.priority,
    NetworkEvent.initiator,
    NetworkEvent.from_cache,
    NetworkEvent.started_ms,
    NetworkEvent.duration_ms,
    NetworkEvent.phases,
    NetworkEvent.encoded_bytes,
    NetworkEvent.decoded_bytes,
    NetworkEvent.redirected_from,
    NetworkEvent.preflight_for,
    NetworkEvent.target,
)
_IN_ORDER = (NetworkEvent.timestamp, NetworkEvent.id)
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
    """Where a search found its words, with what stands around them."""

    exchange_id: str
    where: str
    """URL, request headers, response headers, request body or response body."""
    before: str
    match: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions a list shows; None means all."""

    website_id: int | None = None
    state: DebugSessionState | None = None
    trigger: SessionTrigger | None = None
    is_pinned: bool | None = None
    has_failures: bool | None = None
    """Whether requests failed in it."""
    has_fault: bool | None = None
    """Whether a fault was found in it, as `FindingCRUD.faults` tells."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        wanted: list[ColumnElement[bool]] = []
        equal = {"website_id": self.website_id, "state": self.state, "trigger": self.trigger}
        wanted += [getattr(DebugSession, name) == value for name, value in equal.items() if value is not None]
        if self.is_pinned is not None:
            wanted.append(func.coalesce(DebugSession.is_pinned, False).is_(self.is_pinned))
        if self.has_failures is not None:
            wanted.append((func.coalesce(DebugSession.failed_count, 0) > 0).is_(self.has_failures))
        if self.has_fault is not None:
            wanted.append(DebugSession.id.in_(FindingCRUD.sessions_at_fault()).is_(self.has_fault))
        return wanted


class SessionEvidence:
    """Reads of one session's events, console and pictures; all are in order of time."""

    @staticmethod
    def row_events(
        db: Session, session_id: int, event_ids: Collection[int] | None = None, *, limit: int | None = None
    ) -> list[NetworkEvent]:
        """The session's events, the first *limit* of them, or all events of those exchanges that *event_ids* touch.

        They have a `NetworkEvent`'s names for what a waterfall's row shows, and nothing else.
        """
        query = select(*_ROW).where(NetworkEvent.debug_session_id == session_id).order_by(*_IN_ORDER).limit(limit)
        if event_ids is not None:
            touched = select(NetworkEvent.exchange_id).where(
                NetworkEvent.debug_session_id == session_id, NetworkEvent.id.in_(event_ids)
            )
            query = query.where(NetworkEvent.exchange_id.in_(touched))
        return cast("list[NetworkEvent]", list(db.execute(query)))

    @staticmethod
    def event_ids(db: Session, session_id: int) -> list[list[int]]:
        """The ids of the events of each exchange, in order of the exchanges' starts."""
        query = select(NetworkEvent.id, NetworkEvent.exchange_id, NetworkEvent.started_ms).where(
            NetworkEvent.debug_session_id == session_id
        )
        ids: dict[str, list[int]] = {}
        starts: dict[str, float] = {}
        for event_id, exchange_id, started_ms in db.execute(query.order_by(*_IN_ORDER)):
            exchange = exchange_id or f"event-{event_id}"
            ids.setdefault(exchange, []).append(event_id)
            starts[exchange] = starts.get(exchange, 0.0) if started_ms is None else started_ms
        return [ids[exchange] for exchange in sorted(ids, key=starts.__getitem__)]

    @staticmethod
    def events(db: Session, event_ids: Collection[int]) -> list[NetworkEvent]:
        """Those events with everything that was kept of them, which may be many megabytes."""
        return list(db.scalars(select(NetworkEvent).where(NetworkEvent.id.in_(event_ids)).order_by(*_IN_ORDER)))

    @staticmethod
    def text_bodies(
        db: Session, session_id: int, exchange_ids: Collection[str], *, longest: int
    ) -> list[tuple[str, str]]:
        """Exchange id and response body of those, where it is text of at most *longest* characters."""
        body, encoding = NetworkEvent.response_payload, NetworkEvent.response_payload_encoding
        is_wanted = and_(encoding.is_(None), func.length(body) <= longest)
        return _bodies(db, session_id, exchange_ids, body, is_wanted)

    @staticmethod
    def sent_bodies(
        db: Session, session_id: int, exchange_ids: Collection[str], *, longest: int
    ) -> list[tuple[str, str]]:
        """Exchange id and request body of those, where it is text of at most *longest* characters."""
        body, encoding = NetworkEvent.request_payload, NetworkEvent.request_payload_encoding
        is_wanted = and_(encoding.is_(None), func.length(body) <= longest)
        return _bodies(db, session_id, exchange_ids, body, is_wanted)

    @staticmethod
    def having_response_header(db: Session, session_id: int, name: str) -> list[str]:
        """The ids of the exchanges whose answer had the header, whatever its case."""
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

    @staticmethod
    def search(db: Session, session_id: int, text: str, limit: int) -> list[Hit]:
        """The first *limit* places in URLs, headers and text bodies where *text* stands, whatever its case."""
        pattern, lowered = re.compile(re.escape(text), re.IGNORECASE), text.lower()
        searched = select(*_SEARCHED).where(NetworkEvent.debug_session_id == session_id).order_by(*_IN_ORDER)
        hits: list[Hit] = []
        seen: set[tuple[str, str]] = set()
        with closing(db.execute(searched.execution_options(yield_per=AT_ONCE))) as events:
            for event in events:
                for where, content in _texts(event):
                    place = (event.exchange_id or "", where)
                    # Asked first, since it takes a tenth of the pattern's time.
                    if place in seen or lowered not in content.lower() or not (match := pattern.search(content)):
                        continue
                    seen.add(place)
                    hits.append(_hit(*place, match))
                    if len(hits) >= limit:
                        return hits
        return hits

    @staticmethod
    def console(
        db: Session, session_id: int, *, levels: Sequence[str] = (), limit: int = 10_000
    ) -> list[ConsoleMessage]:
        """What the page wrote to its console; of *levels* alone where there are any."""
        query = select(ConsoleMessage).where(ConsoleMessage.debug_session_id == session_id)
        if levels:
            query = query.where(ConsoleMessage.level.in_(levels))
        return list(db.scalars(query.order_by(ConsoleMessage.offset_ms, ConsoleMessage.id).limit(limit)))

    @staticmethod
    def pictures(db: Session, session_id: int) -> list[SessionArtifact]:
        """Frames and screenshots, without their data."""
        query = select(SessionArtifact).where(
            SessionArtifact.debug_session_id == session_id,
            SessionArtifact.kind.in_((ArtifactKind.FRAME, ArtifactKind.SCREENSHOT)),
        )
        return list(db.scalars(query.order_by(SessionArtifact.offset_ms, SessionArtifact.id)))

    @staticmethod
    def artifacts(db: Session, session_id: int, skip: int, limit: int) -> tuple[list[SessionArtifact], int]:
        """All files that the session left, without their data, and how many there are."""
        query = select(SessionArtifact).where(SessionArtifact.debug_session_id == session_id)
        return page_of(db, query.order_by(SessionArtifact.offset_ms, SessionArtifact.id), skip=skip, limit=limit)

    @staticmethod
    def artifact(db: Session, session_id: int, artifact_id: int) -> SessionArtifact | None:
        """One of the session's artifacts with its data."""
        query = select(SessionArtifact).where(
            SessionArtifact.debug_session_id == session_id, SessionArtifact.id == artifact_id
        )
        return db.scalar(query.options(undefer(SessionArtifact.data)))

    @staticmethod
    def recent(
        db: Session, wanted: SessionFilter | None = None, *, skip: int = 0, limit: int = 50
    ) -> tuple[list[tuple[DebugSession, str]], int]:
        """Sessions, newest first, each with its website's name; and how many there are."""
        conditions = (wanted or SessionFilter()).conditions()
        query = select(DebugSession, Website.name).join(Website).where(*conditions)
        count = select(func.count()).select_from(DebugSession).where(*conditions)
        query = query.order_by(DebugSession.started_at.desc(), DebugSession.id.desc()).offset(skip).limit(limit)
        return [(session, name) for session, name in db.execute(query)], db.scalar(count) or 0

    @staticmethod
    def baseline(db: Session, session: DebugSession) -> DebugSession | None:
        """The last good session of the same address of the same website, begun before this one.

        One that a failure started is no measure of good, and neither is one in which a fault was found, unless it
        is all there is of a time when the checks were good: some websites are never without one. A file of another
        browser is a measure for its like alone.
        """
        apart = [SessionTrigger.FAILURE]
        if session.trigger != SessionTrigger.IMPORT:
            apart.append(SessionTrigger.IMPORT)
        fault = has_fault(DebugSession)
        query = select(DebugSession).where(
            DebugSession.website_id == session.website_id,
            DebugSession.id != session.id,
            DebugSession.started_at <= session.started_at,
            DebugSession.success.is_(True),
            DebugSession.url.is_not_distinct_from(session.url),
            began_otherwise(DebugSession, apart),
            or_(~fault, DebugSession.trigger.in_((SessionTrigger.BASELINE, SessionTrigger.RECOVERY))),
        )
        return db.scalar(query.order_by(fault, DebugSession.started_at.desc(), DebugSession.id.desc()).limit(1))


def _bodies(
    db: Session,
    session_id: int,
    exchange_ids: Collection[str],
    body: InstrumentedAttribute[str | None],
    is_wanted: ColumnElement[bool],
) -> list[tuple[str, str]]:
    of_those = and_(NetworkEvent.debug_session_id == session_id, NetworkEvent.exchange_id.in_(exchange_ids))
    query = select(NetworkEvent.exchange_id, body).where(of_those, is_wanted).order_by(*_IN_ORDER)
    return [(exchange_id or "", text or "") for exchange_id, text in db.execute(query)]


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
