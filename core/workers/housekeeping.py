"""Deletes old data and completes rollups, once an hour in the background."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TypeVar

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.background import Background
from core.clock import utc_now
from core.config import Settings
from core.database import in_session
from core.services import NotificationCRUD, evidence_retention, pause, retention, rollups, website_days
from core.services.levels import DAY, HOUR, MINUTE
from core.services.retention import Place
from core.workers import partitions

Before = TypeVar("Before")

logger = logging.getLogger(__name__)

ROUND_SECONDS = 3600.0  # old data may stay this much longer
FIRST_ROUND_SECONDS = 60.0  # delay after the start, which has more urgent work
PAUSE_SECONDS = 0.1  # between two batches, to let other writers in
LEAP_SECONDS = 300.0  # a larger difference is a leap of the clock; a synchronised clock steps by less in a day
LATE = timedelta(hours=1)  # rollups that are this far behind are completed here; new checks complete the others


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeps:
    """How long each kind of data is kept; None means for ever."""

    checks: timedelta
    levels: dict[int, timedelta]
    """Ages of rollups by width in seconds."""
    evidence: timedelta | None = None
    """Automatic debug sessions and looks that nothing else needs."""

    @classmethod
    def of(cls, settings: Settings) -> "Keeps":
        days = {
            MINUTE: settings.retention_minutely_days,
            HOUR: settings.retention_hourly_days,
            DAY: settings.retention_daily_days,
        }
        return cls(
            checks=timedelta(days=settings.retention_checks_days),
            levels={width: timedelta(days=count) for width, count in days.items() if count},
            evidence=timedelta(days=settings.retention_sessions_days) or None,
        )


class SteadyClock:
    """Measures how long the wall clock has run without a leap, compared with the monotonic clock."""

    def __init__(self, now: datetime, ticks: float) -> None:
        self._since = now, ticks

    def has_run(self, now: datetime, ticks: float) -> bool:
        """Return whether that is long enough to trust the clock. A leap restarts the measurement."""
        passed = ticks - self._since[1]
        if abs((now - self._since[0]).total_seconds() - passed) > LEAP_SECONDS:
            self._since, passed = (now, ticks), 0.0
        return passed >= retention.SETTLED_BY.total_seconds()


class Housekeeping:
    """Completes rollups and deletes old data, once an hour."""

    def __init__(self, keeps: Keeps) -> None:
        self._keeps = keeps
        self._clock = SteadyClock(utc_now(), monotonic())
        self._background = Background()

    def start(self) -> None:
        """Start; returns at once."""
        self._background.keep_running(self._run, "housekeeping")

    async def stop(self) -> None:
        """Stop. A batch in progress is completed or rolled back."""
        await self._background.stop()

    async def round(self) -> None:
        """Complete rollups. Delete old data too, if the clock has been stable for a day."""
        await self.catch_up()
        is_steady = self._clock.has_run(utc_now(), monotonic())  # works even if no website is checked
        if is_steady or await in_session(retention.is_settled, utc_now()):
            logger.info("old rows deleted", extra={"deleted": await self.delete_old()})

    async def catch_up(self) -> None:
        """Complete the rollups of paused websites and of old checks, then refresh the view of days."""
        until = utc_now() - LATE
        for website_id in await in_session(rollups.behind, until):
            is_done = False
            while not is_done:
                began = monotonic()
                is_done = await in_session(rollups.catch_up, website_id, until)
                await asyncio.sleep(min(monotonic() - began, PAUSE_SECONDS))
        await in_session(website_days.refresh, utc_now())

    async def delete_old(self) -> int:
        """Delete old data and return the number of deleted rows. Checks are deleted only after their rollups exist.

        Reminders, which may come every minute for a year, are kept as long as checks. PostgreSQL's partitions are
        dropped first, as a whole, and are not counted.
        """
        now = utc_now()
        before = {width: now - age for width, age in self._keeps.levels.items()}
        until = _hour(now - self._keeps.checks)
        await partitions.drop_before(until)
        checks = await self._delete(retention.delete_checks, until)
        await in_session(pause.delete_old, now)
        reminders = await self._delete(NotificationCRUD.delete_reminders, until)
        return checks + reminders + await self._delete_rollups(before) + await self._delete_evidence(now)

    async def _delete_rollups(self, before: Mapping[int, datetime]) -> int:
        deleted, place = 0, Place()
        while (batch := await in_session(retention.delete_rollups, before, place=place)).rows:
            deleted, place = deleted + batch.rows, batch.place
            await asyncio.sleep(PAUSE_SECONDS)
        return deleted

    async def _delete_evidence(self, now: datetime) -> int:
        if self._keeps.evidence is None:
            return 0
        before = now - self._keeps.evidence
        await partitions.drop_events_before(before)
        sessions = await self._delete(evidence_retention.delete_sessions, before)
        return sessions + await self._delete(evidence_retention.delete_looks, before)

    async def _delete(self, work: Callable[[Session, Before], int], before: Before) -> int:
        deleted = 0
        while batch := await in_session(work, before):
            deleted += batch
            await asyncio.sleep(PAUSE_SECONDS)
        return deleted

    async def _run(self) -> None:
        await asyncio.sleep(FIRST_ROUND_SECONDS)
        while True:
            try:
                await self.round()
            except SQLAlchemyError:
                logger.exception("old rows could not be deleted; retrying in an hour")
            await asyncio.sleep(ROUND_SECONDS)


def _hour(moment: datetime) -> datetime:
    """Return the start of the hour, so that no hour loses only part of its checks."""
    return moment.replace(minute=0, second=0, microsecond=0)
