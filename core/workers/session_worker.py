"""Runs the debug sessions that processes on the store leave to workers, as many at once as there are browsers for."""

import asyncio
import logging

from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.background import Background, until_set
from core.database import in_session
from core.debugging.session import DebugSessions
from core.debugging.session_elsewhere import target_of
from core.debugging.session_owner import lease_end, this_process
from core.errors import StoreError
from core.services import session_queue

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0  # between two looks for a session, where no signal says that there is one


class SessionWorker:
    """One for a process; started and stopped by whoever made it, which closes *sessions* too."""

    def __init__(self, sessions: DebugSessions, *, most: int) -> None:
        """*most* sessions run at once on all workers of the store together; 0 for any number."""
        self._sessions = sessions
        self._most = most
        self._news = asyncio.Event()
        self._background = Background()

    async def start(self) -> None:
        """Begin; first ends what processes that died left behind.

        Raises:
            BrowserMissing: There is no browser; the message says how to get one.
        """
        self._sessions.require_browser()
        await self._sessions.recover()
        self._sessions.on_free = self._news.set
        self._background.subscribe(signals.session_changed, lambda _fact: self._news.set())
        self._background.keep_running(self._serve, "debug sessions of others")

    async def stop(self) -> None:
        """Take no more, and end what runs: what it captured is kept."""
        await self._background.stop()
        await self._sessions.close()

    async def _serve(self) -> None:
        while True:
            try:
                while self._sessions.free_places and await self._take_one():
                    pass
            except (SQLAlchemyError, StoreError):  # it is away, or the session was sealed with another key
                logger.exception("no debug session could be taken; trying again")
            self._news.clear()
            await until_set(self._news, LOOK_SECONDS)

    async def _take_one(self) -> bool:
        taken = await in_session(session_queue.take, owner=str(this_process()), until=lease_end(), most=self._most)
        if taken is None:
            return False
        self._sessions.run(taken.session_id, taken.website_id, target_of(taken.job))
        return True
