"""All SQL that reads the recording of a debug session, for the session's page."""

from collections.abc import Collection, Sequence
from typing import cast

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, undefer

from core.models import (
    ArtifactKind,
    ConsoleMessage,
    NetworkEvent,
    SessionArtifact,
)
from core.services.rows import page_of

# The columns that a waterfall row shows. Headers and payloads are most of an event's bytes, and plain columns are read
# in half the time of ORM objects.
_ROW = (
    NetworkEvent.id,
    NetworkEvent.exchange_id,
    NetworkEvent.event_type,
    NetworkEvent.url,
    NetworkEvent.method,
    NetworkEvent.status_code,
    NetworkEvent.status_text,
    NetworkEvent.error_message,
    NetworkEvent.interruption,
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


class SessionEvidence:
    """Reads the events, console and pictures of one session, all in order of time."""

    @staticmethod
    def row_events(
        db: Session, session_id: int, event_ids: Collection[int] | None = None, *, limit: int | None = None
    ) -> list[NetworkEvent]:
        """Return the session's events, at most *limit*, or all events of the exchanges of *event_ids*.

        The rows have only the columns of `NetworkEvent` that a waterfall row shows.
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
        """Return the event ids of each exchange, in order of the exchanges' starts."""
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
        """Return these events with all columns, which may be many megabytes."""
        return list(db.scalars(select(NetworkEvent).where(NetworkEvent.id.in_(event_ids)).order_by(*_IN_ORDER)))

    @staticmethod
    def text_bodies(
        db: Session, session_id: int, exchange_ids: Collection[str], *, max_length: int
    ) -> list[tuple[str, str]]:
        """Return exchange ids with response bodies that are complete text of at most *max_length* characters."""
        body, encoding = NetworkEvent.response_payload, NetworkEvent.response_payload_encoding
        is_whole = NetworkEvent.is_response_payload_truncated.is_not(True)
        is_wanted = and_(encoding.is_(None), func.length(body) <= max_length, is_whole)
        return _bodies(db, session_id, exchange_ids, body, is_wanted)

    @staticmethod
    def sent_bodies(
        db: Session, session_id: int, exchange_ids: Collection[str], *, max_length: int
    ) -> list[tuple[str, str]]:
        """Return exchange ids with request bodies that are text of at most *max_length* characters."""
        body, encoding = NetworkEvent.request_payload, NetworkEvent.request_payload_encoding
        is_wanted = and_(encoding.is_(None), func.length(body) <= max_length)
        return _bodies(db, session_id, exchange_ids, body, is_wanted)

    @staticmethod
    def console(
        db: Session, session_id: int, *, levels: Sequence[str] = (), limit: int = 10_000
    ) -> list[ConsoleMessage]:
        """Return the page's console messages, filtered by *levels* if any are given."""
        query = select(ConsoleMessage).where(ConsoleMessage.debug_session_id == session_id)
        if levels:
            query = query.where(ConsoleMessage.level.in_(levels))
        return list(db.scalars(query.order_by(ConsoleMessage.offset_ms, ConsoleMessage.id).limit(limit)))

    @staticmethod
    def console_of(db: Session, session_id: int, source: str, *, limit: int) -> list[str]:
        """Return the texts of the last console messages with *source*, the newest first."""
        query = select(ConsoleMessage.text).where(
            ConsoleMessage.debug_session_id == session_id, ConsoleMessage.source == source
        )
        newest_first = query.order_by(ConsoleMessage.offset_ms.desc(), ConsoleMessage.id.desc())
        return list(db.scalars(newest_first.limit(limit)))

    @staticmethod
    def pictures(db: Session, session_id: int) -> list[SessionArtifact]:
        """Return frames and screenshots, without their data."""
        query = select(SessionArtifact).where(
            SessionArtifact.debug_session_id == session_id,
            SessionArtifact.kind.in_((ArtifactKind.FRAME, ArtifactKind.SCREENSHOT)),
        )
        return list(db.scalars(query.order_by(SessionArtifact.offset_ms, SessionArtifact.id)))

    @staticmethod
    def artifacts(db: Session, session_id: int, skip: int, limit: int) -> tuple[list[SessionArtifact], int]:
        """Return a page of the session's files, without their data, and the total."""
        query = select(SessionArtifact).where(SessionArtifact.debug_session_id == session_id)
        return page_of(db, query.order_by(SessionArtifact.offset_ms, SessionArtifact.id), skip=skip, limit=limit)

    @staticmethod
    def artifact(db: Session, session_id: int, artifact_id: int) -> SessionArtifact | None:
        """Return one of the session's artifacts with its data."""
        query = select(SessionArtifact).where(
            SessionArtifact.debug_session_id == session_id, SessionArtifact.id == artifact_id
        )
        return db.scalar(query.options(undefer(SessionArtifact.data)))


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
