"""All SQL for writing what a recorder saw, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, literal_column, update
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import ConsoleMessage, NetworkEvent, SessionArtifact
from core.services.bulk import insert_rows, next_ids

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBatch:
    """What one transaction stores of a session."""

    new_events: Sequence[Values] = ()
    """Each with the columns that are known of it; they were checked by whoever made them."""
    changed_events: Sequence[Values] = ()
    """Each with the row's ``id`` and the columns that changed."""
    console: Sequence[Values] = field(default_factory=list)
    artifacts: Sequence[Values] = field(default_factory=list)
    month: date | None = None
    """Of its events, the same for all of a session: `core.services.event_months.month_of`."""


class SessionRecording:
    """Writes of one session's events, console and pictures."""

    @staticmethod
    def store(db: Session, session_id: int, batch: RecordedBatch) -> list[int]:
        """Store the batch; returns the ids of its new events in their order."""
        ids = list(next_ids(db, NetworkEvent, len(batch.new_events))) if batch.new_events else []
        if ids:
            # Past the mapper, which would make an object of each row: half the time of a burst's writes.
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
    """By their numbers, and by their month, so that PostgreSQL looks for them in one table only."""
    # The month is part of the statement, which is planned for that table alone then, once for all of its rows.
    month = None if batch.month is None else literal_column(f"'{batch.month}'", _EVENTS.c.month.type)
    changing = update(_EVENTS).where(_EVENTS.c.id == bindparam("row"), _EVENTS.c.month == month)
    for _columns, events in groupby(batch.changed_events, key=tuple):
        db.execute(changing, [_named(event) for event in events])


def _named(event: Values) -> Values:
    """*event* with its number as what it is found by, not as what changes."""
    return {"row" if name == "id" else name: value for name, value in event.items()}


def _of(session_id: int, row: Values) -> Values:
    return row | {"debug_session_id": session_id}


_EVENTS = cast("Table", NetworkEvent.__table__)
# All rows of one insert have the same columns.
_EMPTY = {column.name: None for column in _EVENTS.columns if column.nullable}
