"""Reads the data for ``/metrics`` in a fixed number of queries."""

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Bundle, Session

from core.models import (
    DebugSession,
    DowntimeWindow,
    MonitorCheck,
    MonitorStatus,
    RegionState,
    Website,
    WebsiteState,
)

WEBSITE = Bundle[Any]("website", Website.id, Website.url, Website.name)
STATE = Bundle[Any]("state", WebsiteState.status, WebsiteState.checked_at, WebsiteState.certificate_expires_at)
CHECK = Bundle[Any](
    "check",
    MonitorCheck.id,
    MonitorCheck.response_time_ms,
    MonitorCheck.dns_time_ms,
    MonitorCheck.connect_time_ms,
    MonitorCheck.tls_time_ms,
    MonitorCheck.ttfb_ms,
    MonitorCheck.download_time_ms,
    MonitorCheck.lag_ms,
    MonitorCheck.http_status_code,
    MonitorCheck.http_version,
    MonitorCheck.redirect_count,
    MonitorCheck.body_bytes,
    MonitorCheck.remote_address,
    MonitorCheck.error_kind,
)


class Latest(NamedTuple):
    """A website with its state and latest check, with only the columns above, because whole rows take far longer."""

    website: Any
    state: Any | None
    """None before the first check."""
    check: Any | None
    """None before the first check, and after the last one was deleted by retention."""


def latest_of_all(db: Session) -> list[Latest]:
    """Return every active website, by id."""
    query = (
        select(WEBSITE, STATE, CHECK)
        .select_from(Website)
        .outerjoin(WebsiteState, WebsiteState.website_id == Website.id)
        .outerjoin(MonitorCheck, MonitorCheck.id == WebsiteState.latest_check_id)
        .where(Website.is_active)
        .order_by(Website.id)
    )
    return [
        Latest(website, None if state.status is None else state, None if check.id is None else check)
        for website, state, check in db.execute(query)
    ]


class RegionTally(NamedTuple):
    """The number of websites with the same status in a region."""

    region: str
    status: MonitorStatus
    websites: int
    disagreeing: int
    """How many of them are down in the region but not by joint judgement, or the other way round."""


def tallies(db: Session) -> list[RegionTally]:
    """Return the number of active websites by region and status, as each region sees them."""
    is_together_down = WebsiteState.status == MonitorStatus.DOWN
    disagrees = (RegionState.is_down != is_together_down) & (WebsiteState.status != MonitorStatus.UNKNOWN)
    query = (
        select(RegionState.region, RegionState.status, func.count(), func.count().filter(disagrees))
        .join(Website, Website.id == RegionState.website_id)
        .join(WebsiteState, WebsiteState.website_id == RegionState.website_id)
        .where(Website.is_active)
        .group_by(RegionState.region, RegionState.status)
        .order_by(RegionState.region, RegionState.status)
    )
    return [RegionTally(*row) for row in db.execute(query)]


def open_windows(db: Session) -> int:
    """Return how many websites are down."""
    return db.scalar(select(func.count()).where(DowntimeWindow.ended_at.is_(None))) or 0


def sessions_by_state(db: Session) -> dict[str, int]:
    """Return the number of debug sessions by state, in lower case."""
    query = select(DebugSession.state, func.count()).where(DebugSession.state.is_not(None)).group_by(DebugSession.state)
    return {state.name.lower(): number for state, number in db.execute(query) if state}
