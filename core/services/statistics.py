"""Statistics for pages: uptime, chart series and the latest checks, each in a fixed number of queries.

Uptime is calculated in `core.services.uptime` and series in `core.services.series`. This module re-exports both.
"""

from collections.abc import Sequence

from sqlalchemy import FromClause, case, join, select, true
from sqlalchemy.orm import Session, aliased

from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website, WebsiteState
from core.services.coverage import VALID_INTERVALS
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
    "VALID_INTERVALS",
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
"""The status of a check in a heartbeat bar, and its response time in ms, or None without an answer."""


def current_states(db: Session, website_ids: Sequence[int] | None = None) -> dict[int, WebsiteState]:
    """Return the state of each of these websites, or of all, by id, without those never checked. One query."""
    query = select(WebsiteState)
    if website_ids is not None:
        query = query.where(WebsiteState.website_id.in_(website_ids))
    return {state.website_id: state for state in db.scalars(query)}


def latest_checks(db: Session, website_ids: Sequence[int]) -> dict[int, MonitorCheck]:
    """Return the newest check of each website that has one."""
    check, joined = _newest(db, 1)
    query = select(check).select_from(joined).where(Website.id.in_(website_ids))
    return {check.website_id: check for check in db.scalars(query)}


def recent_beats(db: Session, website_ids: Sequence[int], count: int) -> dict[int, list[Beat]]:
    """Return the last *count* checks of each website that has any, oldest first, for heartbeat bars."""
    check, joined = _newest(db, count)
    answered_ms = case((check.http_status_code.is_not(None), check.response_time_ms))
    query = (
        select(check.website_id, check.status, answered_ms)
        .select_from(joined)
        .where(Website.id.in_(website_ids))
        .order_by(check.website_id, check.checked_at, check.id)
    )
    grouped: dict[int, list[Beat]] = {}
    for website_id, status, ms in db.connection().execute(query):  # without the ORM, which would double the time
        grouped.setdefault(website_id, []).append((status, ms))
    return grouped


def _newest(db: Session, count: int) -> tuple[type[MonitorCheck], FromClause]:
    """Return the entity and the FROM clause for a query of each website's last *count* checks.

    SQLite evaluates the correlated subquery once per website. PostgreSQL would evaluate it for every check, which takes
    minutes, so it gets a LATERAL join, which SQLite lacks.
    """
    newest_first = (MonitorCheck.checked_at.desc(), MonitorCheck.id.desc())
    of_one = select(MonitorCheck).where(MonitorCheck.website_id == Website.id, has_begun(utc_now()))
    of_one = of_one.order_by(*newest_first).limit(count)
    if db.get_bind().dialect.name == "postgresql":
        newest = of_one.correlate(Website).lateral()
        return aliased(MonitorCheck, newest), join(Website, newest, true())
    ids = of_one.with_only_columns(MonitorCheck.id).correlate(Website).scalar_subquery()
    return MonitorCheck, join(Website, MonitorCheck, MonitorCheck.id.in_(ids))
