"""How websites fared in a month, for those who pay for them; read from the store at once."""

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
from dashboard.words.website_names import told_apart

MOST_TAGS = 10_000
MOST_OUTAGES = 1_000  # of a report: more than anybody reads
MONTH = r"^[12][0-9]{3}-(0[1-9]|1[0-2])$"
"""How a month is named, such as 2026-10; the first year of the calendar has days that are in no other time zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fared:
    """One website."""

    id: int
    name: str
    url: str
    uptime: Uptime
    outages: int
    """Downtime windows that touch the month."""
    response: Percentiles


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedWindow:
    """One downtime window."""

    window_id: int
    website_id: int
    website: str
    started_at: datetime
    """Perhaps before the month."""
    ended_at: datetime | None
    """None while it lasts; perhaps after the month."""
    seconds: float
    """What of it lies in the month."""
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class UptimeReport:
    """All websites, or those of a tag, in one month of a time zone."""

    tag: str | None
    month: date
    """Its first day."""
    zone: tzinfo
    since: datetime
    until: datetime
    """The month's end, or now where it is not over."""
    made_at: datetime
    uptime: Uptime
    """Of all together: each weighs by the time that is known of it."""
    websites: list[Fared]
    """By name."""
    outages: list[ReportedWindow]
    """In order; of very many the last."""
    total_outages: int

    @property
    def is_over(self) -> bool:
        """Whether nothing will be added to it."""
        return self.until < self.made_at

    @property
    def is_known(self) -> bool:
        """Whether anything is known of it; where nothing is, no outage is no figure."""
        return self.uptime.share is not None or self.total_outages > 0


def load(db: Session, *, tag: str | None, month: date, zone: tzinfo, now: datetime) -> UptimeReport:
    """The report of the month that begins on *month*, which must have begun."""
    since, end = (_midnight(day, zone) for day in (month, next_month(month)))
    until = min(end, now)
    found = WebsiteCRUD.get_names(db, tag)
    names = told_apart(found)
    urls = {one.id: display_url(one.url) for one in found}
    fared = statistics.uptime(db, list(names), since=since, until=until)
    wanted = WindowFilter(since=since, until=until, tag=tag)
    newest, total = windows(db, wanted, now=now, limit=MOST_OUTAGES)
    outages = counts(db, wanted, now=now)
    touching = [window for window, _name in reversed(newest) if window.website_id in names]  # not of one just added
    return UptimeReport(
        tag=tag,
        month=month,
        zone=zone,
        since=since,
        until=until,
        made_at=now,
        uptime=_together(list(fared.values()), (until - since).total_seconds()),
        websites=[
            Fared(
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
    """Those of which there can be a report."""
    return [tag.name for tag in TagCRUD.get_used(db, MOST_TAGS)]


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
    known = sum(one.coverage * span for one in each)
    down = sum(one.down_seconds for one in each)
    share = (known - down) / known if known else None
    return Uptime(share=share, coverage=known / (span * len(each)) if each and span else 0.0, down_seconds=down)


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def shown_month(now: datetime, zone: tzinfo) -> date:
    """The first day of the month that one wants to see at *now*: of this one, in its first week of the last."""
    return (now.astimezone(zone).date() - timedelta(days=7)).replace(day=1)
