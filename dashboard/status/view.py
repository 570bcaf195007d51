"""Reads what a status page shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy.orm import Session

from core.models import StatusPage, Website, WindowUpdate
from core.services import DowntimeWindowCRUD, StatusPageCRUD, WebsiteCRUD, WindowUpdateCRUD, statistics, status_groups
from core.services.downtime_list import newest_of_each
from core.services.maintenance_window import in_maintenance, planned
from dashboard.status.public_status import public_status

DAYS = 90
PAST = timedelta(days=14)  # how long ended windows are shown
AHEAD = timedelta(days=14)  # how far ahead maintenance is shown
MAX_WINDOWS = 200  # per website, within `PAST`
MAX_MAINTENANCE = 20
ORDER = ("DOWN", "DEGRADED", "MAINTENANCE", "UNKNOWN", "UP")
"""Statuses in order of severity; the worst website's is the page's."""
Bars = dict[int, list[statistics.DayUptime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One website on the page."""

    id: int
    name: str
    status: str
    """UP, DEGRADED, DOWN, UNKNOWN or MAINTENANCE."""
    days: list[statistics.DayUptime]
    """Oldest first; the last is today."""
    share: float | None
    """Available time in known time over all these days; None if nothing is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownWindow:
    """One downtime window with its published updates."""

    id: int
    website: str
    started_at: datetime
    ended_at: datetime | None
    ended_in_pause: bool
    """Whether it ended because the website was paused, so that its real end is unknown."""
    updates: list[WindowUpdate]
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMaintenance:
    """Maintenance that runs or starts soon."""

    name: str
    websites: list[str]
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusView:
    """A status page."""

    slug: str
    title: str
    description: str | None
    logo: str | None
    can_subscribe: bool
    password_hash: str | None
    status: str
    """The worst status of its websites; UNKNOWN without websites."""
    groups: list[tuple[str, list[Shown]]]
    left_out: int
    """The number of websites beyond the page's limit, which are not shown."""
    windows: list[ShownWindow]
    """Open windows first, then recently ended ones, newest first."""
    maintenance: list[ShownMaintenance]
    made_at: datetime


def load(db: Session, slug: str, now: datetime, bars: Bars | None = None) -> StatusView | None:
    """Return the page at *slug*; None if it does not exist or is not published.

    Args:
        db: The session to read with.
        slug: The page's address.
        now: The current time.
        bars: The websites' daily uptime, if the caller has it cached, as it is expensive.
    """
    page = StatusPageCRUD.get_by_slug(db, slug)
    if page is None or not page.is_published:
        return None
    groups = status_groups.shown(db, page.id)
    ids = [website_id for group in groups for website_id in group.website_ids]
    there = {website.id: website for website in WebsiteCRUD.get_by_ids(db, ids)}
    websites = {website_id: there[website_id] for website_id in ids if website_id in there}
    days = bars if bars is not None else load_bars(db, ids, now)
    shown = _websites(db, websites, days, now)
    return StatusView(
        slug=page.slug,
        title=page.title,
        description=page.description,
        logo=page.logo,
        can_subscribe=page.channel_id is not None,
        password_hash=page.password_hash,
        status=min((entry.status for entry in shown.values()), key=ORDER.index, default="UNKNOWN"),
        groups=[(group.name, [shown[website_id] for website_id in group.website_ids]) for group in groups],
        left_out=status_groups.left_out(db, page.id),
        windows=_windows(db, websites, now),
        maintenance=_maintenance(db, websites, now),
        made_at=now,
    )


def load_bars(db: Session, website_ids: Sequence[int], now: datetime) -> Bars:
    """Return each website's uptime on each of the last `DAYS` days in UTC."""
    today: date = now.astimezone(UTC).date()
    first = today - timedelta(days=DAYS - 1)
    return statistics.daily_uptimes(db, website_ids, first_day=first, last_day=today, zone=UTC)


def websites_of(db: Session, page: StatusPage) -> list[int]:
    """Return the ids of the websites on a page, in order."""
    groups = status_groups.shown(db, page.id)
    return [website_id for group in groups for website_id in group.website_ids]


def _websites(db: Session, websites: dict[int, Website], days: Bars, now: datetime) -> dict[int, Shown]:
    states = statistics.current_states(db, list(websites))
    resting = in_maintenance(db, list(websites), now)
    down = DowntimeWindowCRUD.get_all_ongoing(db)
    shown = {}
    for website_id, website in websites.items():
        state = states.get(website_id)
        is_down, is_resting = website_id in down, website_id in resting
        status = public_status(state, is_active=website.is_active, is_down=is_down, is_resting=is_resting, now=now)
        own = days.get(website_id, [])
        shown[website_id] = Shown(id=website_id, name=website.name, status=str(status), days=own, share=_share(own))
    return shown


def _share(days: list[statistics.DayUptime]) -> float | None:
    """Return the share of available time in the known time of all *days*."""
    known = sum(day.known_seconds for day in days)
    return (known - sum(day.down_seconds for day in days)) / known if known else None


def _windows(db: Session, websites: dict[int, Website], now: datetime) -> list[ShownWindow]:
    windows = [
        window
        for window in newest_of_each(db, list(websites), since=now - PAST, now=now, limit=MAX_WINDOWS)
        if websites[window.website_id].is_active or window.ended_at is not None  # a paused website may be up again
    ]
    updates = WindowUpdateCRUD.get_by_windows(db, [window.id for window in windows])
    windows.sort(key=lambda window: (window.ended_at is None, window.started_at), reverse=True)
    return [
        ShownWindow(
            id=window.id,
            website=websites[window.website_id].name,
            started_at=window.started_at,
            ended_at=window.ended_at,
            ended_in_pause=window.ended_in_pause,
            updates=updates.get(window.id, []),
        )
        for window in windows
    ]


def _maintenance(db: Session, websites: dict[int, Website], now: datetime) -> list[ShownMaintenance]:
    together: dict[tuple[datetime, datetime, str], list[str]] = {}
    plans = planned(db, list(websites), since=now, until=now + AHEAD)
    for website_id, website in websites.items():
        for occurrence in plans.get(website_id, []):
            together.setdefault((occurrence.started_at, occurrence.ended_at, occurrence.name), []).append(website.name)
    shown: dict[tuple[str, tuple[str, ...]], ShownMaintenance] = {}
    for (started_at, ended_at, name), names in sorted(together.items()):
        coming = ShownMaintenance(name=name, websites=names, started_at=started_at, ended_at=ended_at)
        shown.setdefault((name, tuple(names)), coming)  # of recurring maintenance only the next occurrence
    return list(shown.values())[:MAX_MAINTENANCE]
