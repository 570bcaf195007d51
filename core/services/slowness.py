"""Counts checks that took longer than a limit, which decides in SQL whether a percentile exceeds it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck
from core.services.epoch import epoch

PERCENTILE = 0.95
MIN_CHECKS = 3  # with fewer checks a percentile is meaningless


@dataclass(frozen=True, slots=True, kw_only=True)
class Slowness:
    """The answered checks of a website in one span."""

    checks: int
    over: int
    """The number of checks that took longer than the limit."""

    @property
    def is_slow(self) -> bool:
        """Whether the 95th percentile (nearest rank) is above the limit."""
        return self.checks >= MIN_CHECKS and self.checks - self.over < ceil(PERCENTILE * self.checks)


def slowness(
    db: Session, website_ids: Sequence[int], limit_ms: int, *, since: datetime, until: datetime
) -> dict[int, Slowness]:
    """Return the slowness of each website that had answers from *since* to *until*; one query."""
    return {
        website_id: found
        for (website_id, _start), found in slow_spans(
            db, website_ids, limit_ms, since=since, until=until, width=until - since
        ).items()
    }


def slow_spans(
    db: Session, website_ids: Sequence[int], limit_ms: int, *, since: datetime, until: datetime, width: timedelta
) -> dict[tuple[int, datetime], Slowness]:
    """Return the slowness in consecutive spans of *width* from *since* on, by website and start; one query."""
    seconds, origin = width.total_seconds(), since.astimezone(UTC).timestamp()
    number = cast(func.floor((epoch(MonitorCheck.checked_at) - origin) / seconds), Integer)
    query = (
        select(
            MonitorCheck.website_id,
            number,
            func.count(),
            func.sum(case((MonitorCheck.response_time_ms > limit_ms, 1), else_=0)),
        )
        .where(
            MonitorCheck.website_id.in_(website_ids),
            MonitorCheck.checked_at >= since,
            MonitorCheck.checked_at < until,
            MonitorCheck.response_time_ms.is_not(None),
        )
        .group_by(MonitorCheck.website_id, number)
        .order_by(MonitorCheck.website_id, number)
    )
    return {
        (website_id, since + which * width): Slowness(checks=checks, over=int(over))
        for website_id, which, checks, over in db.execute(query)
    }
