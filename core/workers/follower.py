"""Tells this process what another one stored, should its signal not have come: looks at SQLite's ``data_version``."""

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

LOOK_SECONDS = 0.5  # each look costs some 20 µs while nothing has changed, and a few queries when something has
RARELY_SECONDS = 5.0  # where signals come, and a lost one is all that is looked for

Repeat = Callable[[signals.Signal[Any], Any], None]
"""Sends a fact to whoever listens in this process, and to no other."""


class Follower:
    """One for a process with pages; on PostgreSQL, and of a store in memory, it has nothing to do."""

    def __init__(self, engine: Engine, repeat: Repeat, *, is_told: Callable[[], bool]) -> None:
        """*is_told* says whether signals of other processes come here."""
        self._engine = engine
        self._repeat = repeat
        self._is_told = is_told
        self._heard = 0
        """The newest check of which a signal has told."""
        self._mark = Mark(check_id=0, changed_at=None)
        self._background = Background()

    async def start(self) -> None:
        """Begin to follow, from what is stored now on."""
        if store_file(self._engine.url) is None:
            return
        self._background.subscribe(signals.check_recorded, self._on_check)
        self._mark = await in_session(changes.mark)
        self._background.keep_running(self._follow, "follower")

    async def stop(self) -> None:
        """End what `start` began."""
        await self._background.stop()

    def _on_check(self, fact: signals.CheckRecorded) -> None:
        self._heard = max(self._heard, fact.check_id)

    async def _follow(self) -> None:
        with self._engine.connect() as connection:
            version = changes.data_version(connection)
            while True:
                await asyncio.sleep(RARELY_SECONDS if self._is_told() else LOOK_SECONDS)
                try:
                    version = await self._look(connection, version)
                except SQLAlchemyError as error:
                    logger.warning("cannot look for what others stored", extra={"reason": str(error)})

    async def _look(self, connection: Connection, seen: int) -> int:
        version = changes.data_version(connection)
        if version != seen:
            heard = self._heard  # before we look: a signal that comes meanwhile is of what we may not see yet
            read = Mark(check_id=max(self._mark.check_id, heard), changed_at=self._mark.changed_at)
            found, self._mark = await in_session(changes.after, read)
            self._tell(found)
        return version

    def _tell(self, found: Changes) -> None:
        for website_id, check_id in found.checks:
            if check_id > self._heard:
                fact = signals.CheckRecorded(website_id=website_id, check_id=check_id)
                self._repeat(signals.check_recorded, fact)
        for website_id, window_id in found.windows:
            self._repeat(signals.window_changed, signals.WindowChanged(website_id=website_id, window_id=window_id))
        for website_id in found.website_ids:
            self._repeat(signals.website_changed, signals.WebsiteChanged(website_id=website_id))
