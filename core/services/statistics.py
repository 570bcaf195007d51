"""What pages show: uptime by time, series for charts, the latest of many websites; each a fixed number of queries.

Time is in `core.services.uptime`, measured values are in `core.services.series`; all names are to be had here.
"""

from collections.abc import Sequence

from sqlalchemy import ScalarSelect, select
from sqlalchemy.orm import Session

from core.models import MonitorCheck, Website, WebsiteState
from core.services.coverage import TRUST_FACTOR
from core.services.monitor_check import BriefCheck
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
    query = select(MonitorCheck).join(Website, MonitorCheck.id.in_(_newest(1))).where(Website.id.in_(website_ids))
    return {check.website_id: check for check in db.scalars(query)}


def recent_checks(db: Session, website_ids: Sequence[int], count: int = 60) -> dict[int, list[BriefCheck]]:
    """The last *count* checks of each website that has any, oldest first, as far as lists show them."""
    query = (
        select(*(getattr(MonitorCheck, name) for name in BriefCheck._fields))
        .join(Website, MonitorCheck.id.in_(_newest(count)))
        .where(Website.id.in_(website_ids))
        .order_by(MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.id)
    )
    grouped: dict[int, list[BriefCheck]] = {}
    for row in db.execute(query):
        grouped.setdefault(row[0], []).append(BriefCheck(*row))
    return grouped


def _newest(count: int) -> ScalarSelect[int]:
    """The last checks of the website that the query is about."""
    return (
        select(MonitorCheck.id)
        .where(MonitorCheck.website_id == Website.id)
        .order_by(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc())
        .limit(count)
        .correlate(Website)
        .scalar_subquery()
    )
