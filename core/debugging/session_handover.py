"""Hands debug sessions to another process: the job that a worker takes, and the request to stop a session."""

import asyncio
import contextlib
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core import signals
from core.clock import utc_now
from core.database import in_session
from core.debugging.visit_target import VisitTarget
from core.schemas.session_options import SessionOptions
from core.services import DebugSessionCRUD, session_queue

RETRY_SECONDS = 1.0  # a worker that has lost its connection to the store misses the request to stop
UNTAKEN_MINUTES = 30  # a session shows the page as it is now; later, the user needs a new one
UNTAKEN = (
    f"No worker started this session within {UNTAKEN_MINUTES} minutes. Run `watchwright worker --queues sessions` on "
    "this database with the same WATCHWRIGHT_SECRET_KEY."
)
UNTAKEN_STOPPED = "Stopped before a worker started it."


def job_of(target: VisitTarget) -> dict[str, Any]:
    """Return *target* as JSON for a worker; `target_of` reads it."""
    return {"url": target.url, "options": target.options.model_dump(mode="json", exclude_defaults=True)}


def target_of(job: dict[str, Any]) -> VisitTarget:
    """Return the target from which `job_of` made *job*."""
    return VisitTarget(url=job["url"], options=SessionOptions.model_validate(job["options"]))


def expire_untaken(db: Session) -> list[int]:
    """Mark sessions as failed that no worker has taken within `UNTAKEN_MINUTES`, and return their ids."""
    return session_queue.expire(db, utc_now() - timedelta(minutes=UNTAKEN_MINUTES), UNTAKEN)


async def stop_remote(session_id: int, *, timeout: float, retry_seconds: float = RETRY_SECONDS) -> bool:
    """End a session that another process runs or that waits for a worker, and keep what it captured.

    Returns when the session's end is stored, or False after *timeout* seconds. Also False when the session is over.
    """
    website_id = await in_session(_website_of_unfinished, session_id)
    if website_id is None:
        return False
    if await in_session(session_queue.withdraw, session_id, UNTAKEN_STOPPED):
        signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))
        return True
    return await _ended_by_its_owner(session_id, timeout, retry_seconds)


async def _ended_by_its_owner(session_id: int, timeout: float, retry_seconds: float) -> bool:
    changed = asyncio.Event()

    def hear(fact: signals.SessionChanged) -> None:
        if fact.session_id == session_id:
            changed.set()

    disconnect = signals.session_changed.connect(hear)
    try:
        async with asyncio.timeout(timeout):
            while await in_session(_website_of_unfinished, session_id) is not None:
                signals.session_stop_requested.send(signals.SessionStopRequested(session_id=session_id))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), retry_seconds)
                changed.clear()
    except TimeoutError:
        return False
    finally:
        disconnect()
    return True


def _website_of_unfinished(db: Session, session_id: int) -> int | None:
    """Return the website id of a session that has not ended; None for any other session."""
    session = DebugSessionCRUD.get_by_id(db, session_id)
    return None if session is None or session.is_over else session.website_id
