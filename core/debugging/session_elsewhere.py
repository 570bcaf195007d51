"""Debug sessions that another process runs, or will: what it is given, and how it is asked to end one."""

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

ASK_AGAIN_SECONDS = 1.0  # a worker that has lost its connection to the store does not hear of it
UNTAKEN_MINUTES = 30  # a page is opened for what it shows now: later, another session is wanted
UNTAKEN = (
    f"No worker took this session within {UNTAKEN_MINUTES} minutes: see that `watchwright worker --queues sessions` "
    "runs somewhere on this store, with the same WATCHWRIGHT_SECRET_KEY."
)
UNTAKEN_STOPPED = "Stopped before a worker took it."


def job_of(target: VisitTarget) -> dict[str, Any]:
    """What a worker is given to visit *target*."""
    return {"url": target.url, "options": target.options.model_dump(mode="json", exclude_defaults=True)}


def target_of(job: dict[str, Any]) -> VisitTarget:
    """What `job_of` made *job* of."""
    return VisitTarget(url=job["url"], options=SessionOptions.model_validate(job["options"]))


def expire_untaken(db: Session) -> list[int]:
    """End as failed what no worker has taken for too long; returns those sessions' ids."""
    return session_queue.expire(db, utc_now() - timedelta(minutes=UNTAKEN_MINUTES), UNTAKEN)


async def stop_elsewhere(session_id: int, *, timeout: float, ask_again_seconds: float = ASK_AGAIN_SECONDS) -> bool:
    """End a session that this process does not run, keeping what it captured; False when that did not come about.

    Returns when the session's end is stored, or after *timeout* seconds.
    """
    website_id = await in_session(_under_way, session_id)
    if website_id is None:
        return False
    if await in_session(session_queue.withdraw, session_id, UNTAKEN_STOPPED):
        signals.session_changed.send(signals.SessionChanged(session_id=session_id, website_id=website_id))
        return True
    return await _ended_by_its_owner(session_id, timeout, ask_again_seconds)


async def _ended_by_its_owner(session_id: int, timeout: float, ask_again_seconds: float) -> bool:
    changed = asyncio.Event()

    def hear(fact: signals.SessionChanged) -> None:
        if fact.session_id == session_id:
            changed.set()

    disconnect = signals.session_changed.connect(hear)
    try:
        async with asyncio.timeout(timeout):
            while await in_session(_under_way, session_id) is not None:
                signals.session_stop_requested.send(signals.SessionStopRequested(session_id=session_id))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), ask_again_seconds)
                changed.clear()
    except TimeoutError:
        return False
    finally:
        disconnect()
    return True


def _under_way(db: Session, session_id: int) -> int | None:
    """The website of a session that has not ended."""
    session = DebugSessionCRUD.get_by_id(db, session_id)
    return None if session is None or session.is_over else session.website_id
