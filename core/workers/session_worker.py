"""Runs debug sessions that wait in the store, as many at once as browsers are available."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.background import Background, until_set
from core.database import in_session
from core.debugging.session import DebugSessions
from core.debugging.session_handover import target_of
from core.debugging.session_owner import lease_end, this_process
from core.errors import StoreError
from core.services import session_queue

logger = logging.getLogger(__name__)

POLL_SECONDS = 2.0  # between two polls for a waiting session, in case a signal was lost


class SessionWorker:
    """Takes and runs waiting sessions. One per process. Its owner calls start() and stop()."""

    def __init__(self, sessions: DebugSessions, *, max_running: int) -> None:
        """*max_running* limits the sessions that run at once on all workers of the store together; 0 for no limit."""
        self._sessions = sessions
        self._max_running = max_running
        self._news = asyncio.Event()
        self._background = Background()

    async def start(self) -> None:
        """Clean up after dead processes, then start.

        Raises:
            BrowserMissing: No browser is installed; the message says how to install one.
        """
        self._sessions.require_browser()
        await self._sessions.recover()
        self._sessions.on_free = self._news.set
        self._background.subscribe(signals.session_changed, lambda _fact: self._news.set())
        self._background.keep_running(self._serve, "debug sessions of others")

    async def stop(self) -> None:
        """Stop taking sessions, and end the running ones. Their recordings are kept."""
        await self._background.stop()
        await self._sessions.close()

    async def _serve(self) -> None:
        while True:
            try:
                while self._sessions.free_places and await self._take_one():
                    pass
            except (SQLAlchemyError, StoreError):  # the store is unavailable, or the job was sealed with another key
                logger.exception("no debug session could be taken; retrying")
            self._news.clear()
            await until_set(self._news, POLL_SECONDS)

    async def _take_one(self) -> bool:
        taken = await in_session(
            session_queue.take, owner=str(this_process()), until=lease_end(), max_running=self._max_running
        )
        if taken is None:
            return False
        self._sessions.run(taken.session_id, taken.website_id, target_of(taken.job))
        return True
