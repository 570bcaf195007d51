"""Creates and drops PostgreSQL's partitions of checks and events.

Each process that stores checks does this. The first one creates a partition, and the others find it.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from core.background import Background
from core.clock import utc_now
from core.database import in_session
from core.services import event_months, hypertable, months, resplit

Given = TypeVar("Given")

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0
PAUSE_SECONDS = 0.1  # between two attempts
ATTEMPTS = 5  # per partition; each waits for at most half a second


class PartitionMaker:
    """Creates upcoming partitions at the start and every hour."""

    def __init__(self, kept: timedelta) -> None:
        """*kept* is how long checks are kept."""
        self._kept = kept
        self._background = Background()

    async def start(self) -> None:
        """Start; returns at once."""
        self._background.keep_running(self._run, "partitions of checks and events")

    async def stop(self) -> None:
        """Stop. A statement in progress is completed or rolled back."""
        await self._background.stop()

    async def _run(self) -> None:
        while True:
            try:
                await make_ahead(self._kept)
            except SQLAlchemyError:
                logger.exception("partitions of checks and events could not be created; retrying in an hour")
            await asyncio.sleep(ROUND_SECONDS)


async def make_ahead(kept: timedelta) -> int:
    """Create the missing partitions for upcoming checks and events, and for checks of the last *kept*.

    Returns:
        How many were created.
    """
    now = utc_now()
    if await _retried(_use_chunks_where_new, None, "all"):
        logger.info("checks are kept in chunks of TimescaleDB")
    wanted = await in_session(months.missing, now, now - kept)
    made = [await _retried(months.make, month, month.name) for month in wanted]
    made += [
        await _retried(event_months.make, month, month.name) for month in await in_session(event_months.missing, now)
    ]
    return sum(made) + await _retried(hypertable.prepare, now, "chunks")


def _use_chunks_where_new(db: Session, _given: None) -> bool:
    return resplit.use_chunks_where_new(db.connection())


async def drop_before(moment: datetime) -> None:
    """Drop the partitions of checks that ended by *moment* and whose checks are all in rollups."""
    for month in await in_session(months.outdated, moment):
        if await _retried(months.drop, month, month.name):
            logger.info("a month of checks dropped", extra={"month": f"{month.since:%Y-%m}"})
    for chunk in await in_session(hypertable.outdated, moment):
        if await _retried(hypertable.drop, chunk, f"{chunk.since:%Y-%m-%d}"):
            logger.info("a week of checks dropped", extra={"since": f"{chunk.since:%Y-%m-%d}"})


async def drop_events_before(moment: datetime) -> None:
    """Drop the months of events that ended by *moment*, after moving the events that must be kept."""
    for month in await in_session(event_months.over, moment):
        kept = 0
        while some := await in_session(event_months.keep, month, moment):
            kept += some
            await asyncio.sleep(PAUSE_SECONDS)
        if await _retried(partial(event_months.drop, before=moment), month, month.name):
            facts = {"month": f"{month.since:%Y-%m}", "sessions_kept": kept}
            logger.info("a month of network events dropped", extra=facts)


async def _retried(work: Callable[[Session, Given], int], given: Given, part: str) -> int:
    """Return the result of *work*, retried while it fails because others use the table; 0 after all attempts."""
    reason = ""
    for _attempt in range(ATTEMPTS):
        try:
            return await in_session(work, given)
        except OperationalError as error:  # another transaction uses the table, or the disk is full
            reason = str(error.orig)
        await asyncio.sleep(PAUSE_SECONDS)
    facts = {"part": part, "reason": reason}
    logger.warning("a partition could not be created or dropped; retrying in an hour", extra=facts)
    return 0
