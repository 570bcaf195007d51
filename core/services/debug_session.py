"""All SQL about debug sessions."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.errors import AlreadyExists
from core.models import DebugSession, DebugSessionState, NetworkEvent, SessionTrigger, Website
from core.schemas.debug_session import DebugSessionCreate, DebugSessionUpdate
from core.services.rows import apply_changes, delete_row, page_of
from core.services.session_queue import UNFINISHED, WAITS, deserted

AUTOMATIC = (SessionTrigger.FAILURE, SessionTrigger.RECOVERY, SessionTrigger.BASELINE)


class DebugSessionCRUD:
    """Create, read, update and delete debug sessions. Lists are newest first."""

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
                raise AlreadyExists(f"A debug session with the key {data.session_key} already exists.") from error
            raise
        return session

    @staticmethod
    def get_by_id(db: Session, session_id: int) -> DebugSession | None:
        return db.get(DebugSession, session_id)

    @staticmethod
    def get_held(db: Session, session_id: int) -> DebugSession | None:
        """Return a session that nobody can delete until the transaction ends; None if it does not exist."""
        # The website first, as when it is deleted, so that the two do not wait for each other.
        website = select(Website.id).join(DebugSession).where(DebugSession.id == session_id)
        db.execute(website.with_for_update(read=True, key_share=True, of=Website))
        return db.get(DebugSession, session_id, with_for_update={"read": True, "key_share": True})

    @staticmethod
    def existing(db: Session, session_ids: Collection[int]) -> set[int]:
        """Return those of these ids whose sessions exist."""
        return set(db.scalars(select(DebugSession.id).where(DebugSession.id.in_(session_ids))))

    @staticmethod
    def get_by_session_key(db: Session, session_key: str) -> DebugSession | None:
        return db.scalar(select(DebugSession).where(DebugSession.session_key == session_key))

    @staticmethod
    def get_by_website(
        db: Session, website_id: int | None, skip: int = 0, limit: int = 50
    ) -> tuple[list[DebugSession], int]:
        """Return a page of the sessions of one website, or of all if None, and the total."""
        query = select(DebugSession).order_by(DebugSession.started_at.desc(), DebugSession.id.desc())
        return page_of(db, query, skip=skip, limit=limit, website_id=website_id)

    @staticmethod
    def update(db: Session, session_id: int, data: DebugSessionUpdate) -> DebugSession | None:
        """Apply *data* and return the session; None if it does not exist."""
        session = db.get(DebugSession, session_id)
        if session is None:
            return None
        apply_changes(session, data.model_dump(exclude_unset=True))
        db.flush()
        return session

    @staticmethod
    def delete(db: Session, session_id: int) -> bool:
        """Delete a session with its recording; returns False if it does not exist."""
        return delete_row(db, db.get(DebugSession, session_id))

    @staticmethod
    def get_by_window(db: Session, window_id: int) -> list[DebugSession]:
        """Return the sessions of a downtime window, oldest first."""
        query = select(DebugSession).where(DebugSession.window_id == window_id)
        return list(db.scalars(query.order_by(DebugSession.started_at, DebugSession.id)))

    @staticmethod
    def get_automatic(db: Session, since: datetime) -> list[tuple[int, SessionTrigger, datetime]]:
        """Return website id, trigger and time of each automatic session since *since*."""
        query = select(DebugSession.website_id, DebugSession.trigger, DebugSession.created_at).where(
            DebugSession.created_at >= as_utc(since),
            DebugSession.started_at >= as_utc(since),  # implied by the line above, but has an index
            DebugSession.trigger.in_(AUTOMATIC),
        )
        return [(website_id, trigger, at) for website_id, trigger, at in db.execute(query) if trigger is not None]

    @staticmethod
    def get_baseline_times(db: Session, since: datetime) -> dict[int, datetime]:
        """Return when the last baseline session of each website began, if after *since*."""
        query = select(DebugSession.website_id, func.max(DebugSession.started_at)).where(
            DebugSession.trigger == SessionTrigger.BASELINE, DebugSession.started_at >= as_utc(since)
        )
        return dict(db.execute(query.group_by(DebugSession.website_id)).all())

    @staticmethod
    def tie_to_window(db: Session, website_id: int, window_id: int, *, since: datetime, until: datetime) -> None:
        """Assign the failure sessions of a span that have no window yet to this window."""
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
        """Lease these sessions to the process *owner* until *until*."""
        held = update(DebugSession).where(DebugSession.id.in_(session_ids), UNFINISHED)
        db.execute(held.values(owner=owner, lease_until=until))

    @staticmethod
    def fail_abandoned(db: Session, reason: str, is_gone: Callable[[str], bool]) -> list[int]:
        """Fail running sessions whose process died, with *reason*, count their requests, and return their ids.

        Sessions that wait for a worker are excluded, see `core.services.session_queue`.

        Args:
            is_gone: Returns whether an owner is certainly dead, although its lease has not expired.
        """
        ids = deserted(db, and_(UNFINISHED, not_(WAITS)), is_gone)
        if ids:
            requests = select(func.count(NetworkEvent.exchange_id.distinct())).where(
                NetworkEvent.debug_session_id == DebugSession.id
            )
            failed = {"state": DebugSessionState.FAILED, "success": False, "error_message": reason}
            db.execute(
                update(DebugSession)
                .where(DebugSession.id.in_(ids), UNFINISHED)
                .values(failed | {"completed_at": utc_now(), "request_count": requests.scalar_subquery()})
            )
        return ids


def began_otherwise(session: Any, triggers: Collection[SessionTrigger]) -> ColumnElement[bool]:
    """Return the condition that none of *triggers* started *session* (`DebugSession` or an alias).

    Sessions of early versions have no trigger.
    """
    return or_(session.trigger.is_(None), session.trigger.not_in(triggers))
