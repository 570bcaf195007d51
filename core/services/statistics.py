"""What pages show: uptime by time, series for charts, the latest of many websites; each a fixed number of queries.

Time is in `core.services.uptime`, measured values are in `core.services.series`; all names are to be had here.
"""

from collections.abc import Sequence

from sqlalchemy import FromClause, case, join, select, true
from sqlalchemy.orm import Session, aliased

from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website, WebsiteState
from core.services.coverage import TRUST_FACTOR
from core.services.monitor_check import has_begun
from core.services.series import Percentiles, SeriesPoint, percentiles, response_series
from core.services.uptime import (
    DayUptime,
    StatusBucket,
    Uptime,
    daily_uptime,
    daily_uptimes,
    status_buckets,
    uptime,
    uptimes,
)

__all__ = [
    "TRUST_FACTOR",
    "Beat",
    "DayUptime",
    "Percentiles",
    "SeriesPoint",
    "StatusBucket",
    "Uptime",
    "current_states",
    "daily_uptime",
    "daily_uptimes",
    "latest_checks",
    "percentiles",
    "recent_beats",
    "response_series",
    "status_buckets",
    "uptime",
    "uptimes",
]


Beat = tuple[MonitorStatus, float | None]
"""One check in a heartbeat bar, and its response time in ms; None where nothing answered."""


def current_states(db: Session, website_ids: Sequence[int] | None = None) -> dict[int, WebsiteState]:
    """What the latest check of each of these websites, or of all, said; without those never checked. One read."""
    query = select(WebsiteState)
    if website_ids is not None:
        query = query.where(WebsiteState.website_id.in_(website_ids))
    return {state.website_id: state for state in db.scalars(query)}


def latest_checks(db: Session, website_ids: Sequence[int]) -> dict[int, MonitorCheck]:
    """The newest check of each website that has one."""
    check, joined = _newest(db, 1)
    query = select(check).select_from(joined).where(Website.id.in_(website_ids))
    return {check.website_id: check for check in db.scalars(query)}


def recent_beats(db: Session, website_ids: Sequence[int], count: int) -> dict[int, list[Beat]]:
    """The last *count* checks of each website that has any, oldest first, as far as a heartbeat bar shows them."""
    check, joined = _newest(db, count)
    answered_ms = case((check.http_status_code.is_not(None), check.response_time_ms))
    query = (
        select(check.website_id, check.status, answered_ms)
        .select_from(joined)
        .where(Website.id.in_(website_ids))
        .order_by(check.website_id, check.checked_at, check.id)
    )
    grouped: dict[int, list[Beat]] = {}
    for website_id, status, ms in db.connection().execute(query):  # past the ORM, which would take as long again
        grouped.setdefault(website_id, []).append((status, ms))
    return grouped


def _newest(db: Session, count: int) -> tuple[type[MonitorCheck], FromClause]:
    """The last checks of each website: what they are called in a query, and what they are taken from.

    SQLite looks them up website by website, as it is told here. PostgreSQL would ask of each check of each website
    whether it is among them, for minutes, and does better with a join that SQLite does not know.
    """
    newest_first = (MonitorCheck.checked_at.desc(), MonitorCheck.id.desc())
    of_one = select(MonitorCheck).where(MonitorCheck.website_id == Website.id, has_begun(utc_now()))
    of_one = of_one.order_by(*newest_first).limit(count)
    if db.get_bind().dialect.name == "postgresql":
        newest = of_one.correlate(Website).lateral()
        return aliased(MonitorCheck, newest), join(Website, newest, true())
    ids = of_one.with_only_columns(MonitorCheck.id).correlate(Website).scalar_subquery()
    return MonitorCheck, join(Website, MonitorCheck, MonitorCheck.id.in_(ids))
