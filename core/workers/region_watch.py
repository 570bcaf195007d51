"""Notices regions that fall silent, tells people, and says so on every page until they are heard again."""

import asyncio
import logging
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import signals
from core.background import Background
from core.database import in_session
from core.notifications.region_alarm import announce_regions
from core.services import fleet_state, regions
from core.services.fleet_state import FleetState
from core.store_availability import STORE_UNAVAILABLE, is_store_unavailable

logger = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
AWAY = f"{STORE_UNAVAILABLE}: pages show what they had, and what checks find meanwhile is stored later. See the log."


class RegionWatch:
    """Of several on one store each looks, and one of them tells; whoever made it starts and stops it."""

    def __init__(self) -> None:
        self._silent: Mapping[str, datetime] = {}
        self._is_away = False
        """Whether the store could not be asked when we looked last."""
        self.state = FleetState()
        """How the processes on the store were when we looked last."""
        self._background = Background()

    @property
    def silent(self) -> Mapping[str, datetime]:
        """The silent regions that websites name, with since when."""
        return self._silent

    @property
    def trouble(self) -> str | None:
        """What is to be said on every page; None while every region is heard, and the store answers."""
        if self._is_away:
            return AWAY
        if not self._silent:
            return None
        said = ", ".join(f"{name} since {since:%H:%M} UTC" for name, since in self._silent.items())
        are = "This region is" if len(self._silent) == 1 else "These regions are"
        return f"{are} silent: {said}. None of the workers there is heard, so it votes on no website."

    async def start(self) -> None:
        """Begin to look; returns at once."""
        self._background.keep_running(self._run, "region watch")

    async def stop(self) -> None:
        """End what `start` began."""
        await self._background.stop()

    async def look(self) -> None:
        """Take in how the regions are now, and tell of those that have turned."""
        before = self.trouble
        try:
            self._silent, self.state = await in_session(_reviewed)
            self._is_away = False
        except SQLAlchemyError as error:
            logger.warning("cannot learn which regions are silent; trying again", extra={"reason": str(error)})
            self._is_away = is_store_unavailable(error)
        if self.trouble != before:
            signals.health_changed.send(signals.HealthChanged())

    async def _run(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)


def _reviewed(db: Session) -> tuple[dict[str, datetime], FleetState]:
    announce_regions(db, regions.review(db))
    silent = {region.name: region.silent_since for region in regions.known(db) if region.silent_since is not None}
    return silent, fleet_state.read(db)
