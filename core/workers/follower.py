"""Detects changes by other processes whose signals were lost, by polling SQLite's ``data_version``."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from core import signals
from core.background import Background
from core.database import in_session, store_file
from core.services import changes
from core.services.changes import Changes, Mark

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.5  # a poll costs some 20 µs without changes, and a few queries with changes
SLOW_POLL_SECONDS = 5.0  # while signals arrive, to find a lost one

Repeat = Callable[[signals.Signal[Any], Any], None]
"""Sends a signal to listeners in this process only."""


class Follower:
    """Polls a SQLite store. One per process with pages. Does nothing on PostgreSQL or for a store in memory."""

    def __init__(self, engine: Engine, repeat: Repeat, *, is_told: Callable[[], bool]) -> None:
        """*is_told* returns whether signals of other processes arrive here."""
        self._engine = engine
        self._repeat = repeat
        self._is_told = is_told
        self._heard = 0
        """The newest check that a signal announced."""
        self._mark = Mark(check_id=0, changed_at=None)
        self._background = Background()

    async def start(self) -> None:
        """Start polling for changes from now on."""
        if store_file(self._engine.url) is None:
            return
        self._background.subscribe(signals.check_recorded, self._on_check)
        self._mark = await in_session(changes.mark)
        self._background.keep_running(self._follow, "follower")

    async def stop(self) -> None:
        """Stop polling."""
        await self._background.stop()

    def _on_check(self, fact: signals.CheckRecorded) -> None:
        self._heard = max(self._heard, fact.check_id)

    async def _follow(self) -> None:
        with self._engine.connect() as connection:
            version = changes.data_version(connection)
            while True:
                await asyncio.sleep(SLOW_POLL_SECONDS if self._is_told() else POLL_SECONDS)
                try:
                    version = await self._poll(connection, version)
                except SQLAlchemyError as error:
                    logger.warning("cannot poll for changes of other processes", extra={"reason": str(error)})

    async def _poll(self, connection: Connection, seen: int) -> int:
        version = changes.data_version(connection)
        if version != seen:
            # Read first: a later signal may announce a row that this transaction does not see.
            announced_id = self._heard
            read = Mark(check_id=max(self._mark.check_id, announced_id), changed_at=self._mark.changed_at)
            found, self._mark = await in_session(changes.after, read)
            self._announce(found)
        return version

    def _announce(self, found: Changes) -> None:
        for website_id, check_id in found.checks:
            if check_id > self._heard:
                fact = signals.CheckRecorded(website_id=website_id, check_id=check_id)
                self._repeat(signals.check_recorded, fact)
        for website_id, window_id in found.windows:
            self._repeat(signals.window_changed, signals.WindowChanged(website_id=website_id, window_id=window_id))
        for website_id in found.website_ids:
            self._repeat(signals.website_changed, signals.WebsiteChanged(website_id=website_id))
