"""What programs that collect metrics ask for: a fixed number of queries, whatever there is."""

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
    """A website, how it is, and the check that says so: of each the columns above, as whole rows take far longer."""

    website: Any
    state: Any | None
    """None before the first check."""
    check: Any | None
    """None before the first check, and once the last one was deleted as too old."""


def latest_of_all(db: Session) -> list[Latest]:
    """Every website that is not paused, by id."""
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
    """Websites of which a region's latest check says the same."""

    region: str
    status: MonitorStatus
    websites: int
    disagreeing: int
    """Of them those of which the region says down and all regions together do not, or the other way round."""


def tallies(db: Session) -> list[RegionTally]:
    """What each region finds of the websites that it checks and that are not paused, by its name and by status."""
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
    """How many websites are down."""
    return db.scalar(select(func.count()).where(DowntimeWindow.ended_at.is_(None))) or 0


def sessions_by_state(db: Session) -> dict[str, int]:
    """How many debug sessions are in each state that any is in, by the state's name in lower case."""
    query = select(DebugSession.state, func.count()).where(DebugSession.state.is_not(None)).group_by(DebugSession.state)
    return {state.name.lower(): number for state, number in db.execute(query) if state}
