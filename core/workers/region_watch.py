"""Detects silent regions, notifies people, and shows them on every page until they work again."""

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

POLL_SECONDS = 5.0
AWAY = f"{STORE_UNAVAILABLE}. Pages show old data, and new checks are stored later. See the log."


class RegionWatch:
    """Polls the regions. Of several on one store, one notifies. Its owner calls start() and stop()."""

    def __init__(self) -> None:
        self._silent: Mapping[str, datetime] = {}
        self._is_away = False
        """Whether the store was unreachable at the last poll."""
        self.state = FleetState()
        """The state of the store's processes at the last poll."""
        self._background = Background()

    @property
    def silent(self) -> Mapping[str, datetime]:
        """The silent regions that websites name, with the time since they are silent."""
        return self._silent

    @property
    def trouble(self) -> str | None:
        """A message for every page; None while all regions work and the store answers."""
        if self._is_away:
            return AWAY
        if not self._silent:
            return None
        listing = ", ".join(f"{name} since {since:%H:%M} UTC" for name, since in self._silent.items())
        are = "This region is" if len(self._silent) == 1 else "These regions are"
        return (
            f"{are} not reporting: {listing}. "
            "No worker there is running and able to check, so no votes come from there."
        )

    async def start(self) -> None:
        """Start polling; returns at once."""
        self._background.repeat(self.look, POLL_SECONDS, "region watch")

    async def stop(self) -> None:
        """Stop polling."""
        await self._background.stop()

    async def look(self) -> None:
        """Read the state of the regions, and announce changes."""
        before = self.trouble
        try:
            self._silent, self.state = await in_session(_reviewed)
            self._is_away = False
        except SQLAlchemyError as error:
            logger.warning("the state of regions cannot be read; retrying", extra={"reason": str(error)})
            self._is_away = is_store_unavailable(error)
        if self.trouble != before:
            signals.health_changed.send(signals.HealthChanged())


def _reviewed(db: Session) -> tuple[dict[str, datetime], FleetState]:
    announce_regions(db, regions.review(db))
    silent = {region.name: region.silent_since for region in regions.known(db) if region.silent_since is not None}
    return silent, fleet_state.read(db)
