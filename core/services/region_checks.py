"""Calculates response times and results by region, from single checks, because rollups do not store regions."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, MonitorStatus
from core.services.epoch import epoch

Line = Sequence[float | None]
"""Mean response times in milliseconds for equal spans of time; None for spans without an answer."""


def lines(db: Session, website_id: int, *, since: datetime, until: datetime, count: int) -> dict[str, Line]:
    """Return each region's response times from *since* to *until* in *count* spans. Reads every check of the time.

    Returns:
        Response times by region, without regions that made no check.
    """
    start, seconds = since.timestamp(), (until - since).total_seconds() / count
    number = cast(func.floor((epoch(MonitorCheck.checked_at) - start) / seconds), Integer)
    query = (
        select(MonitorCheck.region, number, func.avg(MonitorCheck.response_time_ms))
        .where(
            MonitorCheck.website_id == website_id,
            MonitorCheck.checked_at >= since,
            MonitorCheck.checked_at < until,
            MonitorCheck.region.is_not(None),
            MonitorCheck.http_status_code.is_not(None),
        )
        .group_by(MonitorCheck.region, number)
    )
    found: dict[str, list[float | None]] = defaultdict(lambda: [None] * count)
    for region, bucket, mean in db.execute(query):
        if region is not None and 0 <= bucket < count:
            found[region][bucket] = mean
    return dict(found)


def found_by(db: Session, website_id: int, *, since: datetime, until: datetime) -> dict[str, dict[MonitorStatus, int]]:
    """Return the number of checks by region and status, from *since* to *until*, both inclusive."""
    query = (
        select(MonitorCheck.region, MonitorCheck.region_status, func.count())
        .where(
            MonitorCheck.website_id == website_id,
            MonitorCheck.checked_at >= since,
            MonitorCheck.checked_at <= until,
            MonitorCheck.region.is_not(None),
        )
        .group_by(MonitorCheck.region, MonitorCheck.region_status)
    )
    counted: dict[str, dict[MonitorStatus, int]] = defaultdict(dict)
    for region, status, count in db.execute(query):
        if region is not None and status is not None:
            counted[region][status] = count
    return dict(counted)
