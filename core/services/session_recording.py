"""All SQL for writing what a recorder saw, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, insert, update
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


class SessionRecording:
    """Writes of one session's events, console and pictures."""

    @staticmethod
    def store(db: Session, session_id: int, batch: RecordedBatch) -> list[int]:
        """Store the batch; returns the ids of its new events in their order."""
        ids = list(next_ids(db, NetworkEvent, len(batch.new_events))) if batch.new_events else []
        if ids:
            # Past the mapper, which would make an object of each row: half the time of a burst's writes.
            empty = _EMPTY | {"created_at": utc_now()}
            rows = [
                empty | _of(session_id, event) | {"id": id_} for id_, event in zip(ids, batch.new_events, strict=True)
            ]
            insert_rows(db, _EVENTS, rows)
        if batch.changed_events:
            db.execute(update(NetworkEvent), list(batch.changed_events))
        if batch.console:
            db.execute(insert(ConsoleMessage), [_of(session_id, row) for row in batch.console])
        if batch.artifacts:
            db.execute(insert(SessionArtifact), [_of(session_id, row) for row in batch.artifacts])
        return ids


def _of(session_id: int, row: Values) -> Values:
    return row | {"debug_session_id": session_id}


_EVENTS = cast("Table", NetworkEvent.__table__)
# All rows of one insert have the same columns.
_EMPTY = {column.name: None for column in _EVENTS.columns if column.nullable}
