"""What programs that collect metrics ask for: a fixed number of queries, whatever there is."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.models import DebugSession, DowntimeWindow, MonitorCheck, Website, WebsiteState


class Latest(NamedTuple):
    """A website, how it is, and the check that says so."""

    website: Website
    state: WebsiteState | None
    """None before the first check."""
    check: MonitorCheck | None
    """None before the first check, and once the last one was deleted as too old."""


def latest_of_all(db: Session) -> list[Latest]:
    """Every website that is not paused, by id."""
    query = (
        select(Website, WebsiteState, MonitorCheck)
        .outerjoin(WebsiteState, WebsiteState.website_id == Website.id)
        .outerjoin(MonitorCheck, MonitorCheck.id == WebsiteState.latest_check_id)
        .where(Website.is_active)
        .order_by(Website.id)
    )
    return [Latest(*row) for row in db.execute(query)]


def open_windows(db: Session) -> int:
    """How many websites are down."""
    return db.scalar(select(func.count()).where(DowntimeWindow.ended_at.is_(None))) or 0


def sessions_by_state(db: Session) -> dict[str, int]:
    """How many debug sessions are in each state that any is in, by the state's name in lower case."""
    query = select(DebugSession.state, func.count()).where(DebugSession.state.is_not(None)).group_by(DebugSession.state)
    return {state.name.lower(): number for state, number in db.execute(query) if state}
