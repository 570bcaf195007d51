"""All SQL that writes a debug session's recording, in batches."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, literal_column, select, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import require_found
from core.models import ConsoleMessage, DebugSession, NetworkEvent, SessionArtifact
from core.services.bulk import insert_rows, next_ids

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBatch:
    """The rows of a session that one transaction stores."""

    new_events: Sequence[Values] = ()
    """New rows with their known columns, already validated."""
    changed_events: Sequence[Values] = ()
    """Changed rows: ``id`` and the changed columns."""
    console: Sequence[Values] = field(default_factory=list)
    artifacts: Sequence[Values] = field(default_factory=list)
    month: date | None = None
    """The month of its events, the same for the whole session: `core.services.event_months.month_of`."""


class SessionRecording:
    """Writes the events, console and pictures of one session."""

    @staticmethod
    def store(db: Session, session_id: int, batch: RecordedBatch) -> list[int]:
        """Store the batch; return the ids of its new events, in order.

        Raises:
            NotFound: The session was deleted.
        """
        found = select(DebugSession.id).where(DebugSession.id == session_id)
        # Locked, so that it is not deleted before its rows are stored.
        require_found(db.scalar(found.with_for_update(read=True, key_share=True)), f"debug session {session_id}")
        ids = list(next_ids(db, NetworkEvent, len(batch.new_events))) if batch.new_events else []
        if ids:
            # Without ORM objects, which would double the time of a burst of writes.
            empty = _EMPTY | {"created_at": utc_now()}
            its_own = {"debug_session_id": session_id, "month": batch.month}
            rows = [empty | event | its_own | {"id": id_} for id_, event in zip(ids, batch.new_events, strict=True)]
            insert_rows(db, _EVENTS, rows)
        _complete(db, batch)
        if batch.console:
            db.execute(insert(ConsoleMessage), [_of(session_id, row) for row in batch.console])
        if batch.artifacts:
            db.execute(insert(SessionArtifact), [_of(session_id, row) for row in batch.artifacts])
        return ids


def _complete(db: Session, batch: RecordedBatch) -> None:
    """Update changed events by id and month, so that PostgreSQL searches a single partition."""
    # The month is a literal, so that the statement is planned once for that partition alone.
    month = None if batch.month is None else literal_column(f"'{batch.month}'", _EVENTS.c.month.type)
    changing = update(_EVENTS).where(_EVENTS.c.id == bindparam("row"), _EVENTS.c.month == month)
    for _columns, events in groupby(batch.changed_events, key=tuple):
        db.execute(changing, [_named(event) for event in events])


def _named(event: Values) -> Values:
    """Return *event* with its id renamed to the parameter of the WHERE clause."""
    return {"row" if name == "id" else name: value for name, value in event.items()}


def _of(session_id: int, row: Values) -> Values:
    return row | {"debug_session_id": session_id}


_EVENTS = cast("Table", NetworkEvent.__table__)
# All rows of one insert have the same columns.
_EMPTY = {column.name: None for column in _EVENTS.columns if column.nullable}
