"""What the page of a website shows, read from the store in one transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import DebugSession, DowntimeWindow, MonitorCheck, Website
from core.services import DebugSessionCRUD, DowntimeWindowCRUD, MonitorCheckCRUD, TagCRUD, WebsiteCRUD, statistics
from core.services.statistics import SeriesPoint, Uptime

RANGES = {"1 h": timedelta(hours=1), "24 h": timedelta(days=1), "7 d": timedelta(days=7), "30 d": timedelta(days=30)}
UPTIMES = {"24 h": timedelta(days=1), "7 d": timedelta(days=7), "30 d": timedelta(days=30)}
CHECKS = 25  # rows of the table


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteState:
    """All that the page shows, as it was at `now`."""

    now: datetime
    range_name: str
    span: timedelta
    website: Website
    uptimes: dict[str, Uptime]
    points: list[SeriesPoint]
    windows: list[DowntimeWindow]
    """Those that touch the last 30 days, newest first."""
    ongoing: DowntimeWindow | None
    checks: list[MonitorCheck]
    sessions: list[DebugSession]
    tags: list[str]


def load(db: Session, website_id: int, chosen: str | None = None) -> WebsiteState | None:
    """The page's state with charts over the *chosen* one of `RANGES`; None when there is no such website.

    Without a choice it is a day, or an hour for a website that was added within the hour.
    """
    website = WebsiteCRUD.get_by_id(db, website_id)
    if website is None:
        return None
    now = utc_now()
    is_new = now - website.created_at < RANGES["1 h"]
    name = chosen or ("1 h" if is_new else "24 h")
    span = RANGES[name]
    return WebsiteState(
        now=now,
        range_name=name,
        span=span,
        website=website,
        uptimes={
            name: statistics.uptime(db, [website_id], since=now - length, until=now)[website_id]
            for name, length in UPTIMES.items()
        },
        points=statistics.response_series(db, website_id, since=now - span, until=now),
        windows=DowntimeWindowCRUD.get_by_website(db, website_id, start_time=now - UPTIMES["30 d"], limit=200)[0],
        ongoing=DowntimeWindowCRUD.get_ongoing_downtime(db, website_id),
        checks=MonitorCheckCRUD.get_by_website(db, website_id, limit=CHECKS)[0],
        sessions=DebugSessionCRUD.get_by_website(db, website_id, limit=5)[0],
        tags=TagCRUD.names_of(db, website_id),
    )
