"""All SQL for writing what a recorder saw, batch by batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from core.models import ConsoleMessage, NetworkEvent, SessionArtifact
from core.schemas.network_event import NetworkEventCreate
from core.services.bulk import insert_in_order

Values = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedBatch:
    """What one transaction stores of a session."""

    new_events: Sequence[NetworkEventCreate] = ()
    changed_events: Sequence[Values] = ()
    """Each with the row's ``id`` and the columns that changed."""
    console: Sequence[Values] = field(default_factory=list)
    artifacts: Sequence[Values] = field(default_factory=list)


class SessionRecording:
    """Writes of one session's events, console and pictures."""

    @staticmethod
    def store(db: Session, session_id: int, batch: RecordedBatch) -> list[int]:
        """Store the batch; returns the ids of its new events in their order."""
        ids: list[int] = []
        if batch.new_events:
            rows = [event.model_dump() | {"debug_session_id": session_id} for event in batch.new_events]
            ids = [event.id for event in insert_in_order(db, NetworkEvent, rows)]
        if batch.changed_events:
            db.execute(update(NetworkEvent), list(batch.changed_events))
        if batch.console:
            db.execute(insert(ConsoleMessage), [_of(session_id, row) for row in batch.console])
        if batch.artifacts:
            db.execute(insert(SessionArtifact), [_of(session_id, row) for row in batch.artifacts])
        return ids


def _of(session_id: int, row: Values) -> Values:
    return {"debug_session_id": session_id, **row}
