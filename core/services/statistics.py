"""What pages show: uptime by time, series for charts, the latest of many websites; each a fixed number of queries.

Time is in `core.services.uptime`, measured values are in `core.services.series`; all names are to be had here.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, Website, WebsiteState
from core.services.coverage import TRUST_FACTOR
from core.services.series import Percentiles, SeriesPoint, percentiles, response_series
from core.services.uptime import DayUptime, StatusBucket, Uptime, daily_uptime, status_buckets, uptime, uptimes

__all__ = [
    "TRUST_FACTOR",
    "DayUptime",
    "Percentiles",
    "SeriesPoint",
    "StatusBucket",
    "Uptime",
    "current_states",
    "daily_uptime",
    "latest_checks",
    "percentiles",
    "recent_checks",
    "response_series",
    "status_buckets",
    "uptime",
    "uptimes",
]


def current_states(db: Session, website_ids: Sequence[int] | None = None) -> dict[int, WebsiteState]:
    """What the latest check of each of these websites, or of all, said; without those never checked. One read."""
    query = select(WebsiteState)
    if website_ids is not None:
        query = query.where(WebsiteState.website_id.in_(website_ids))
    return {state.website_id: state for state in db.scalars(query)}


def latest_checks(db: Session, website_ids: Sequence[int]) -> dict[int, MonitorCheck]:
    """The newest check of each website that has one."""
    return {website_id: checks[-1] for website_id, checks in recent_checks(db, website_ids, count=1).items()}


def recent_checks(db: Session, website_ids: Sequence[int], count: int = 60) -> dict[int, list[MonitorCheck]]:
    """The last *count* checks of each website that has any, oldest first."""
    newest = (
        select(MonitorCheck.id)
        .where(MonitorCheck.website_id == Website.id)
        .order_by(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc())
        .limit(count)
        .correlate(Website)
    )
    query = (
        select(MonitorCheck)
        .join(Website, MonitorCheck.id.in_(newest))
        .where(Website.id.in_(website_ids))
        .order_by(MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.id)
    )
    grouped: dict[int, list[MonitorCheck]] = {}
    for check in db.scalars(query):
        grouped.setdefault(check.website_id, []).append(check)
    return grouped
