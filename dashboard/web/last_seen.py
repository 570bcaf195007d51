"""Records when a sign-in or token was last seen. A store that is locked for writing does not delay requests."""

import asyncio
import logging
from collections.abc import Callable
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.accounts.identify import SEEN_EVERY
from core.database import in_session

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.3  # that a request waits for the write, so that a page shows its own reader as seen


class LastSeen:
    """One per process. Starts at most one write per sign-in or token and minute."""

    def __init__(self) -> None:
        self._noted_at: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def note(self, whose: str, write: Callable[[Session], None]) -> None:
        """Run *write* in a transaction, unless that was done for *whose* within the last minute. Never raises."""
        now = monotonic()
        if now - self._noted_at.get(whose, float("-inf")) < SEEN_EVERY.total_seconds():
            return
        self._noted_at = {
            user_id: at for user_id, at in self._noted_at.items() if now - at < SEEN_EVERY.total_seconds()
        }
        self._noted_at[whose] = now
        task = asyncio.create_task(_write(write), name="sighting")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        await asyncio.wait({task}, timeout=PATIENCE_SECONDS)


async def _write(write: Callable[[Session], None]) -> None:
    try:
        await in_session(write)
    except SQLAlchemyError as error:
        logger.warning("cannot record when somebody was last seen", extra={"reason": str(error)})
