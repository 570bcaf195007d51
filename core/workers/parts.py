"""Makes what PostgreSQL splits checks and events into before they come in: in each process that stores checks.

Whoever comes first makes it; the others find it there.
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
ATTEMPTS = 5  # to make or drop one, each of which waits for at most half a second


class PartsAhead:
    """Makes them at the start and every hour, until it is told to stop."""

    def __init__(self, kept: timedelta) -> None:
        """*kept* is for how long checks are kept."""
        self._kept = kept
        self._background = Background()

    async def start(self) -> None:
        """Begin; returns at once."""
        self._background.keep(self._run, "parts of checks and events")

    async def stop(self) -> None:
        """End what is under way; what was begun is rolled back or done."""
        await self._background.stop()

    async def _run(self) -> None:
        while True:
            try:
                await make_ahead(self._kept)
            except SQLAlchemyError:
                logger.exception("what checks and events are split into could not be made; trying again in an hour")
            await asyncio.sleep(ROUND_SECONDS)


async def make_ahead(kept: timedelta) -> int:
    """Make what is missing for checks and events to come, and for checks of the last *kept*; returns how much was."""
    now = utc_now()
    if await _patiently(_use_chunks_where_new, None, "all"):
        logger.info("checks are kept in chunks of TimescaleDB")
    wanted = await in_session(months.missing, now, now - kept)
    made = [await _patiently(months.make, month, month.name) for month in wanted]
    made += [await _patiently(event_months.make, one, one.name) for one in await in_session(event_months.missing, now)]
    return sum(made) + await _patiently(hypertable.prepare, now, "chunks")


def _use_chunks_where_new(db: Session, _given: None) -> bool:
    return resplit.use_chunks_where_new(db.connection())


async def drop_before(moment: datetime) -> None:
    """Drop what of checks ended by *moment*, and of which everything was added up."""
    for month in await in_session(months.outdated, moment):
        if await _patiently(months.drop, month, month.name):
            logger.info("a month of checks dropped", extra={"month": f"{month.since:%Y-%m}"})
    for chunk in await in_session(hypertable.outdated, moment):
        if await _patiently(hypertable.drop, chunk, f"{chunk.since:%Y-%m-%d}"):
            logger.info("a week of checks dropped", extra={"since": f"{chunk.since:%Y-%m-%d}"})


async def drop_events_before(moment: datetime) -> None:
    """Drop each month of events that ended by *moment*, when retention begins there, and move what stays before."""
    for month in await in_session(event_months.over, moment):
        kept = 0
        while some := await in_session(event_months.keep, month, moment):
            kept += some
            await asyncio.sleep(PAUSE_SECONDS)
        if await _patiently(partial(event_months.drop, before=moment), month, month.name):
            facts = {"month": f"{month.since:%Y-%m}", "sessions_kept": kept}
            logger.info("a month of network events dropped", extra=facts)


async def _patiently(work: Callable[[Session, Given], int], given: Given, part: str) -> int:
    """What *work* returns, which gives up where it would hold others up; 0 once we have done so as well."""
    reason = ""
    for _attempt in range(ATTEMPTS):
        try:
            return await in_session(work, given)
        except OperationalError as error:  # somebody uses the table, or the disk is full
            reason = str(error.orig)
        await asyncio.sleep(PAUSE_SECONDS)
    facts = {"part": part, "reason": reason}
    logger.warning("a table of checks or events is neither made nor dropped; trying again in an hour", extra=facts)
    return 0
