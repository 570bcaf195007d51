"""Keeps the store from growing without end, beside whatever else goes on."""

import asyncio
import logging
from datetime import timedelta

from sqlalchemy.exc import SQLAlchemyError

from core.clock import utc_now
from core.database import in_session
from core.services import retention

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0  # old checks may stay this much longer
FIRST_ROUND_SECONDS = 60.0  # a start has more urgent things to do
PAUSE_SECONDS = 0.1  # between two batches, for those who want to write


class Housekeeping:
    """Deletes what is older than the settings keep, once an hour, until it is told to stop."""

    def __init__(self, retention_days: int) -> None:
        self._keeps = timedelta(days=retention_days)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin; returns at once."""
        self._task = asyncio.create_task(self._run(), name="housekeeping")

    async def stop(self) -> None:
        """End what is under way; a batch that was begun is rolled back or done."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def delete_old_checks(self) -> int:
        """Delete all checks that are older than what is kept; returns how many there were."""
        before = utc_now() - self._keeps
        deleted = 0
        while True:
            batch = await in_session(retention.delete_checks, before, retention.BATCH)
            deleted += batch
            if batch < retention.BATCH:
                return deleted
            await asyncio.sleep(PAUSE_SECONDS)

    async def _run(self) -> None:
        await asyncio.sleep(FIRST_ROUND_SECONDS)
        while True:
            try:
                deleted = await self.delete_old_checks()
                logger.info("old checks deleted", extra={"deleted": deleted})
            except SQLAlchemyError:
                logger.exception("old checks could not be deleted; trying again in an hour")
            await asyncio.sleep(ROUND_SECONDS)
