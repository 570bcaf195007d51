"""Reads what a website's page shows, each part in one transaction, without counting checks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import DebugSession, DowntimeWindow, MonitorCheck, Website, WebsiteState
from core.monitoring.region_votes import RegionVotes, region_votes
from core.services import (
    DebugSessionCRUD,
    DowntimeWindowCRUD,
    FindingCRUD,
    MonitorCheckCRUD,
    TagCRUD,
    WebsiteCRUD,
    flapping,
    region_checks,
    statistics,
)
from core.services.maintenance_window import Occurrence, planned
from core.services.region_checks import Line
from core.services.statistics import DayUptime, Percentiles, Uptime
from core.services.unsteadiness import LAST_CHECKS, USUAL_PERCENT, Unsteadiness, unsteadiness
from dashboard.components.uptime_data import Point
from dashboard.queries.website_series import Resolution, load_points, merged, resolve
from dashboard.queries.website_view import RANGES, View

UPTIMES = {name: span for name, span in RANGES.items() if span >= timedelta(days=1)}
CHECKS = 25  # rows per page of the table
BEATS = LAST_CHECKS  # checks in the heartbeat bar
SESSIONS = 5
LINE_SPAN, LINE_POINTS = timedelta(days=1), 96  # of a region's line: one point per quarter of an hour
MAX_WINDOWS = 5_000  # in charts; a website that flaps for 90 days has 24 a day and more
CALENDAR_DAYS = 364  # before today: a year, in whole weeks
SOON = timedelta(days=14)  # how far ahead planned maintenance is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The website's status and figures, as of `now`."""

    now: datetime
    website: Website
    tags: list[str]
    state: WebsiteState | None
    latest: MonitorCheck | None
    ongoing: DowntimeWindow | None
    last_ended_at: datetime | None
    """When the last downtime ended."""
    uptimes: Mapping[str, Uptime]
    responses: Percentiles
    """Percentiles of the last 24 hours."""
    beats: Sequence[MonitorCheck]
    """The last `BEATS` checks, oldest first."""
    maintenance: Sequence[Occurrence]
    """Maintenance that runs now or starts soon."""
    unsteadiness: Unsteadiness | None
    """None unless the website fails intermittently."""
    last_failed: str | None
    """The error of the last such failure."""
    flapping_since: datetime | None = None
    regions: RegionVotes | None = None
    """Each region's status; None if the website has no regions."""
    lines: Mapping[str, Line] = field(default_factory=dict)
    """Each region's response times over `LINE_SPAN`, as `LINE_POINTS` points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartState:
    """What the charts show."""

    name: str
    """The name of the range; empty while zoomed."""
    resolution: Resolution
    points: list[Point]
    windows: Sequence[DowntimeWindow]
    """Windows that touch the span, newest first."""
    maintenance: Sequence[Occurrence]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksPage:
    """A page of the checks table, newest first."""

    checks: Sequence[MonitorCheck]
    has_older: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sessions:
    """The newest debug sessions of a website."""

    newest: Sequence[DebugSession]
    faults: Mapping[int, str]
    """The fault that each session found, by session id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteView:
    """Everything the page shows at first."""

    facts: Facts
    chart: ChartState
    checks: ChecksPage
    sessions: Sessions
    days: Sequence[DayUptime]


def load(db: Session, website_id: int, view: View, zone: tzinfo) -> WebsiteView | None:
    """Return the whole page's state; None if the website does not exist."""
    facts = load_facts(db, website_id)
    if facts is None:
        return None
    return WebsiteView(
        facts=facts,
        chart=load_chart(db, facts.website, view),
        checks=load_checks(db, website_id, view),
        sessions=load_sessions(db, website_id),
        days=load_days(db, website_id, facts.now, zone),
    )


def load_facts(db: Session, website_id: int) -> Facts | None:
    """Return status, figures and heartbeats; None if the website does not exist."""
    website = WebsiteCRUD.get_by_id(db, website_id)
    if website is None:
        return None
    now = utc_now()
    beats = MonitorCheckCRUD.get_newest(db, website_id, BEATS)[::-1]
    newest, _total = DowntimeWindowCRUD.get_by_website(db, website_id, end_time=now, limit=2)
    ended = [window.ended_at for window in newest if window.ended_at is not None]
    uptimes = statistics.uptimes(db, [website_id], list(UPTIMES.values()), until=now)
    failing = unsteadiness(db, now, [website_id]).get(website_id)
    failing = failing if failing is not None and failing.begins(USUAL_PERCENT) else None
    return Facts(
        now=now,
        website=website,
        tags=[tag.name for tag in TagCRUD.of_websites(db, [website_id]).get(website_id, [])],
        state=statistics.current_states(db, [website_id]).get(website_id),
        latest=beats[-1] if beats else None,
        ongoing=DowntimeWindowCRUD.get_ongoing_downtime(db, website_id),
        last_ended_at=max(ended, default=None),
        uptimes={name: uptimes[span][website_id] for name, span in UPTIMES.items()},
        responses=statistics.percentiles(db, website_id, since=now - RANGES["24 h"], until=now),
        beats=beats,
        maintenance=planned(db, [website_id], since=now, until=now + SOON).get(website_id, []),
        unsteadiness=failing,
        last_failed=_failure(db, failing),
        flapping_since=flapping.flapping(db, [website_id]).get(website_id),
        regions=region_votes(db, website, now=now),
        lines=region_checks.lines(db, website_id, since=now - LINE_SPAN, until=now, count=LINE_POINTS)
        if website.regions
        else {},
    )


def _failure(db: Session, failing: Unsteadiness | None) -> str | None:
    if failing is None or failing.last_failed_id is None:
        return None
    check = MonitorCheckCRUD.get_by_id(db, failing.last_failed_id)
    return check.error_message if check else None


def load_chart(db: Session, website: Website, view: View, before: ChartState | None = None) -> ChartState:
    """Return the charts for *view*. If *before* has the same range, only newer checks are read.

    The default range is a day, or an hour for a website that was added within the last hour.
    """
    now = utc_now()
    name = "" if view.zoom else view.range_name or ("1 h" if now - website.created_at < RANGES["1 h"] else "24 h")
    since, until = view.zoom or (now - RANGES[name], now)
    resolution = resolve(since, until, website.check_interval, is_regional=len(website.regions or ()) > 1)
    if before is not None and before.points and _is_continued(before, name, resolution):
        last = before.points[-1].started_at
        points = merged(before.points, load_points(db, website, resolution, since=last), resolution)
    else:
        points = load_points(db, website, resolution)
    return ChartState(
        name=name,
        resolution=resolution,
        points=points,
        windows=DowntimeWindowCRUD.get_by_website(
            db, website.id, resolution.since, resolution.until, limit=MAX_WINDOWS
        )[0],
        maintenance=planned(db, [website.id], since=resolution.since, until=resolution.until).get(website.id, []),
    )


def _is_continued(before: ChartState, name: str, resolution: Resolution) -> bool:
    if before.name != name:
        return False
    return before.resolution.seconds == resolution.seconds if name else before.resolution == resolution


def load_checks(db: Session, website_id: int, view: View) -> ChecksPage:
    """Return one page of the checks table."""
    skip = (view.page - 1) * CHECKS
    found = MonitorCheckCRUD.get_newest(db, website_id, CHECKS + 1, skip, view.status, region=view.region)
    return ChecksPage(checks=found[:CHECKS], has_older=len(found) > CHECKS)


def load_sessions(db: Session, website_id: int) -> Sessions:
    """Return the newest debug sessions."""
    newest, _total = DebugSessionCRUD.get_by_website(db, website_id, limit=SESSIONS)
    return Sessions(newest=newest, faults=FindingCRUD.faults(db, [session.id for session in newest]))


def load_days(db: Session, website_id: int, now: datetime, zone: tzinfo) -> Sequence[DayUptime]:
    """Return the uptime of each day of the last year, in the reader's time zone."""
    today = now.astimezone(zone).date()
    first = today - timedelta(days=CALENDAR_DAYS)
    return statistics.daily_uptime(db, website_id, first_day=first, last_day=today, zone=zone)
