"""Reads the monthly uptime report of websites."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from sqlalchemy.orm import Session

from core.models import DowntimeWindow
from core.notifications.monthly import next_month
from core.schemas.url import display_url
from core.services import TagCRUD, WebsiteCRUD, statistics
from core.services.downtime_list import WindowFilter, counts, windows
from core.services.statistics import Percentiles, Uptime
from dashboard.words.website_names import distinct_names

MAX_TAGS = 10_000
MAX_OUTAGES = 1_000  # in one report
MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
"""The form of a month, such as 2026-10. Years before 1000 are refused: other time zones would leave the calendar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebsiteFigures:
    """The report's figures of one website."""

    id: int
    name: str
    url: str
    uptime: Uptime
    outages: int
    """The number of downtime windows that touch the month."""
    response: Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedWindow:
    """One downtime window of the report."""

    window_id: int
    website_id: int
    website: str
    started_at: datetime
    """Possibly before the month."""
    ended_at: datetime | None
    """None while it lasts; possibly after the month."""
    seconds: float
    """The part within the month."""
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeReport:
    """One month of all websites, or of those with a tag, in one time zone."""

    tag: str | None
    month: date
    """The month's first day."""
    zone: tzinfo
    since: datetime
    until: datetime
    """The end of the month, or now if that is earlier."""
    made_at: datetime
    uptime: Uptime
    """The uptime of all websites together, weighted by their known time."""
    websites: list[WebsiteFigures]
    """Sorted by name."""
    outages: list[ReportedWindow]
    """Oldest first; only the last `MAX_OUTAGES`."""
    total_outages: int

    @property
    def is_over(self) -> bool:
        """Whether the month is complete."""
        return self.until < self.made_at

    @property
    def is_known(self) -> bool:
        """Whether anything is known about the month; otherwise "no outages" would say nothing."""
        return self.uptime.share is not None or self.total_outages > 0


def load(db: Session, *, tag: str | None, month: date, zone: tzinfo, now: datetime) -> UptimeReport:
    """Return the report of the month that begins on *month*, which must not be in the future."""
    since, end = (_midnight(day, zone) for day in (month, next_month(month)))
    until = min(end, now)
    found = WebsiteCRUD.get_names(db, tag)
    names = distinct_names(found)
    urls = {website.id: display_url(website.url) for website in found}
    fared = statistics.uptime(db, list(names), since=since, until=until)
    wanted = WindowFilter(since=since, until=until, tag=tag)
    newest, total = windows(db, wanted, now=now, limit=MAX_OUTAGES)
    outages = counts(db, wanted, now=now)
    # A website that was added just now is not in *names*.
    touching = [window for window, _name in reversed(newest) if window.website_id in names]
    return UptimeReport(
        tag=tag,
        month=month,
        zone=zone,
        since=since,
        until=until,
        made_at=now,
        uptime=_together(list(fared.values()), (until - since).total_seconds()),
        websites=[
            WebsiteFigures(
                id=website_id,
                name=name,
                url=urls[website_id],
                uptime=fared[website_id],
                outages=outages.get(website_id, 0),
                response=statistics.percentiles(db, website_id, since=since, until=until),
            )
            for website_id, name in names.items()
        ],
        outages=[_outage(window, names[window.website_id], since, until) for window in touching],
        total_outages=total,
    )


def tags(db: Session) -> list[str]:
    """Return the tags that a report can be limited to."""
    return [tag.name for tag in TagCRUD.get_used(db, MAX_TAGS)]


def _outage(window: DowntimeWindow, name: str, since: datetime, until: datetime) -> ReportedWindow:
    end = until if window.ended_at is None else min(window.ended_at, until)
    return ReportedWindow(
        window_id=window.id,
        website_id=window.website_id,
        website=name,
        started_at=window.started_at,
        ended_at=window.ended_at,
        seconds=max((end - max(window.started_at, since)).total_seconds(), 0.0),
        cause=window.root_cause,
    )


def _together(each: Sequence[Uptime], span: float) -> Uptime:
    known = sum(uptime.coverage * span for uptime in each)
    down = sum(uptime.down_seconds for uptime in each)
    share = (known - down) / known if known else None
    return Uptime(share=share, coverage=known / (span * len(each)) if each and span else 0.0, down_seconds=down)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def shown_month(now: datetime, zone: tzinfo) -> date:
    """Return the first day of the month to show by default: the current one, or in its first week the one before."""
    return (now.astimezone(zone).date() - timedelta(days=7)).replace(day=1)
