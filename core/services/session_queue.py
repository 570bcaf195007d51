"""The queue of debug sessions for workers: sessions are offered, taken by one worker, and offered again if it dies."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select, text, update
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.models import DebugSession, DebugSessionState
from core.services.prepared import rows_of

_sessions = DebugSession.__table__
_COUNT_UNFINISHED = (
    select(func.count())
    .select_from(_sessions)
    .where(or_(_sessions.c.state == bindparam("queued"), _sessions.c.state == bindparam("running")))
)
ONE_AT_A_TIME = 0x7761_7463  # key of the advisory lock around counting running sessions and taking one


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A session that this process has taken, with the job data to run it."""

    session_id: int
    website_id: int
    job: dict[str, Any]
    """The value that was passed to `offer`."""


def offer(db: Session, session_id: int, job: dict[str, Any]) -> None:
    """Offer a queued session to workers. *job* is sealed, and deleted once the session runs."""
    db.execute(update(DebugSession).where(DebugSession.id == session_id).values(job=job))


def take(db: Session, *, owner: str, until: datetime, max_running: int = 0) -> Taken | None:
    """Take the oldest offered session, leased to *owner* until *until*; None if there is none.

    Args:
        max_running: The limit of sessions that run at once on all workers together; 0 for no limit.

    Raises:
        StoreError: The job was sealed with another key (`core.sealing`).
    """
    if max_running and _running(db) >= max_running:
        return None
    oldest = select(DebugSession.id, DebugSession.website_id, DebugSession.job).where(OFFERED)
    row = db.execute(oldest.order_by(DebugSession.id).limit(1).with_for_update(skip_locked=True)).one_or_none()
    if row is None or not _holds(db, row.id, owner=owner, lease_until=until):
        return None
    return Taken(session_id=row.id, website_id=row.website_id, job=row.job)


def withdraw(db: Session, session_id: int, reason: str) -> bool:
    """Cancel an offered session; returns False if it was taken or not offered."""
    return _holds(
        db,
        session_id,
        state=DebugSessionState.CANCELLED,
        success=False,
        error_message=reason,
        completed_at=utc_now(),
        job=None,
    )


def forget_job(db: Session, session_id: int) -> None:
    """Delete a session's job data, which contains secrets, because it runs or has ended."""
    db.execute(update(DebugSession).where(DebugSession.id == session_id).values(job=None))


def is_any_unfinished(db: Session) -> bool:
    """Return whether any session waits or runs."""
    ((count,),) = rows_of(db, _COUNT_UNFINISHED, queued=DebugSessionState.QUEUED, running=DebugSessionState.RUNNING)
    return bool(count)


def give_back(db: Session, is_gone: Callable[[str], bool]) -> list[int]:
    """Offer sessions again whose process died before it ran them; return their ids.

    Args:
        is_gone: Returns whether an owner is certainly dead, although its lease has not expired.
    """
    ids = deserted(db, and_(WAITS, DebugSession.owner.is_not(None)), is_gone)
    if ids:
        again = update(DebugSession).where(DebugSession.id.in_(ids), WAITS)
        db.execute(again.values(owner=None, lease_until=None))
    return ids


def deserted(db: Session, among: ColumnElement[bool], is_gone: Callable[[str], bool]) -> list[int]:
    """Return the ids of sessions matching *among* that no living process holds, oldest first.

    Args:
        is_gone: Returns whether an owner is certainly dead, although its lease has not expired.
    """
    now = utc_now()
    query = select(DebugSession.id, DebugSession.owner, DebugSession.lease_until).where(among)
    return [
        id_
        for id_, owner, until in db.execute(query.order_by(DebugSession.id))
        if owner is None or until is None or until < now or is_gone(owner)
    ]


def expire(db: Session, before: datetime, reason: str) -> list[int]:
    """Fail sessions that were offered before *before* and that nobody took; return their ids."""
    old = and_(OFFERED, DebugSession.created_at < as_utc(before))
    ids = list(db.scalars(select(DebugSession.id).where(old)))
    if ids:
        failed = {"state": DebugSessionState.FAILED, "success": False, "error_message": reason, "job": None}
        ended = update(DebugSession).where(DebugSession.id.in_(ids), OFFERED)
        db.execute(ended.values(failed | {"completed_at": utc_now()}))
    return ids


def _running(db: Session) -> int:
    """Return how many sessions are taken. Blocks other workers from taking one until this transaction ends."""
    if db.get_bind().dialect.name == "postgresql":  # SQLite has one writer anyway
        db.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
    held = and_(DebugSession.owner.is_not(None), DebugSession.completed_at.is_(None))
    return db.scalar(select(func.count()).select_from(DebugSession).where(held, UNFINISHED)) or 0


def _holds(db: Session, session_id: int, **values: Any) -> bool:
    """Update a session if it is still offered; returns whether it was."""
    changed = db.execute(update(DebugSession).where(DebugSession.id == session_id, OFFERED).values(values))
    return bool(changed.rowcount)  # type: ignore[attr-defined]


UNFINISHED = DebugSession.state.in_((DebugSessionState.QUEUED, DebugSessionState.RUNNING))
WAITS = and_(DebugSession.state == DebugSessionState.QUEUED, DebugSession.job.is_not(None))
"""The condition that a session is offered, or taken but not running yet."""
OFFERED = and_(WAITS, DebugSession.owner.is_(None))
