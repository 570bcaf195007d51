"""All SQL about debug sessions."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.errors import AlreadyExists
from core.models import DebugSession, DebugSessionState, SessionTrigger
from core.schemas.debug_session import DebugSessionCreate, DebugSessionUpdate
from core.services.rows import apply_changes, delete_row, page_of
from core.services.session_queue import UNFINISHED, WAITS, deserted

AUTOMATIC = (SessionTrigger.FAILURE, SessionTrigger.RECOVERY, SessionTrigger.BASELINE)


class DebugSessionCRUD:
    """Create, read, update and delete debug sessions; lists are newest first."""

    @staticmethod
    def create(db: Session, data: DebugSessionCreate) -> DebugSession:
        """Store a session.

        Raises:
            AlreadyExists: Another session has this key.
        """
        session = DebugSession(**data.model_dump())
        db.add(session)
        try:
            db.flush()
        except IntegrityError as error:
            if "session_key" in str(error.orig):
                raise AlreadyExists(f"A debug session with the key {data.session_key} is there already.") from error
            raise
        return session

    @staticmethod
    def get_by_id(db: Session, session_id: int) -> DebugSession | None:
        return db.get(DebugSession, session_id)

    @staticmethod
    def get_by_session_key(db: Session, session_key: str) -> DebugSession | None:
        return db.scalar(select(DebugSession).where(DebugSession.session_key == session_key))

    @staticmethod
    def get_by_website(
        db: Session, website_id: int | None, skip: int = 0, limit: int = 50
    ) -> tuple[list[DebugSession], int]:
        """The sessions of one website or, with None, of all; and how many there are."""
        query = select(DebugSession).order_by(DebugSession.started_at.desc(), DebugSession.id.desc())
        if website_id is not None:
            query = query.where(DebugSession.website_id == website_id)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def update(db: Session, session_id: int, data: DebugSessionUpdate) -> DebugSession | None:
        """Change what *data* gives; None when there is no such session."""
        session = db.get(DebugSession, session_id)
        if session is None:
            return None
        apply_changes(session, data.model_dump(exclude_unset=True))
        db.flush()
        return session

    @staticmethod
    def delete(db: Session, session_id: int) -> bool:
        """Delete a session with all that it recorded; False when there is no such session."""
        return delete_row(db, db.get(DebugSession, session_id))

    @staticmethod
    def get_by_window(db: Session, window_id: int) -> list[DebugSession]:
        """The sessions that show a window, oldest first."""
        query = select(DebugSession).where(DebugSession.window_id == window_id)
        return list(db.scalars(query.order_by(DebugSession.started_at, DebugSession.id)))

    @staticmethod
    def get_automatic(db: Session, since: datetime) -> list[tuple[int, SessionTrigger, datetime]]:
        """Website, trigger and time of each session since then that nobody started by hand."""
        query = select(DebugSession.website_id, DebugSession.trigger, DebugSession.created_at).where(
            DebugSession.created_at >= as_utc(since),
            DebugSession.started_at >= as_utc(since),  # never before it was made; of this there is an index
            DebugSession.trigger.in_(AUTOMATIC),
        )
        return [(website_id, trigger, at) for website_id, trigger, at in db.execute(query) if trigger is not None]

    @staticmethod
    def get_baseline_times(db: Session, since: datetime) -> dict[int, datetime]:
        """When the last baseline of each website was begun; those before *since* are left out."""
        query = select(DebugSession.website_id, func.max(DebugSession.started_at)).where(
            DebugSession.trigger == SessionTrigger.BASELINE, DebugSession.started_at >= as_utc(since)
        )
        return dict(db.execute(query.group_by(DebugSession.website_id)).all())

    @staticmethod
    def tie_to_window(db: Session, website_id: int, window_id: int, *, since: datetime, until: datetime) -> None:
        """Give a span's sessions of failures, which are nobody's yet, to the window that turned out to begin there."""
        db.execute(
            update(DebugSession)
            .where(
                DebugSession.website_id == website_id,
                DebugSession.window_id.is_(None),
                DebugSession.trigger == SessionTrigger.FAILURE,
                DebugSession.created_at >= as_utc(since),
                DebugSession.created_at <= as_utc(until),
            )
            .values(window_id=window_id)
        )

    @staticmethod
    def hold(db: Session, session_ids: Collection[int], owner: str, until: datetime) -> None:
        """Say that the process *owner* runs these sessions, and lives until *until* at least."""
        held = update(DebugSession).where(DebugSession.id.in_(session_ids), UNFINISHED)
        db.execute(held.values(owner=owner, lease_until=until))

    @staticmethod
    def fail_abandoned(db: Session, reason: str, is_gone: Callable[[str], bool]) -> list[int]:
        """End as failed, with *reason*, the sessions under way that nobody runs any more; returns their ids.

        Those that wait for a worker are under way for nobody: see `core.services.session_queue`.

        Args:
            is_gone: Whether an owner has ended for certain, though its lease has not.
        """
        ids = deserted(db, and_(UNFINISHED, not_(WAITS)), is_gone)
        if ids:
            failed = {"state": DebugSessionState.FAILED, "success": False, "error_message": reason}
            db.execute(
                update(DebugSession)
                .where(DebugSession.id.in_(ids), UNFINISHED)
                .values(failed | {"completed_at": utc_now()})
            )
        return ids


def began_otherwise(session: Any, triggers: Collection[SessionTrigger]) -> ColumnElement[bool]:
    """Whether none of *triggers* started *session*, `DebugSession` or an alias of it; an early one names no trigger."""
    return or_(session.trigger.is_(None), session.trigger.not_in(triggers))
