"""How websites fared, by time: over a span, day by day, and in equal buckets; each a fixed number of queries.

Known is the time for which checks speak (`core.services.coverage`), maintenance left out. Of that, down is what
lies in downtime windows, from the first failed check on; a failure that opened no window is not downtime.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate, pairwise

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import DowntimeWindow, UtcDateTime, Website
from core.services import coverage
from core.services.degraded import Shares, degraded
from core.services.epoch import epoch
from core.services.levels import HOUR
from core.services.maintenance_window import maintenance
from core.services.prepared import IDS, rows_of
from core.services.spans import Span, by_bucket, difference, intersection, union

# The ids are given once, however often they are used: SQLite takes 32,766 parameters unless it was built for more.
_asked = select(Website.id).where(Website.id.in_(IDS)).cte("asked")
_windows = DowntimeWindow.__table__
_when = select(_windows.c.website_id, epoch(_windows.c.started_at), epoch(_windows.c.ended_at)).join_from(
    _asked, _windows, _windows.c.website_id == _asked.c.id
)
# Apart, so that SQLite takes its index of ends for both: else it reads all windows that ever began.
_WINDOWS = union_all(
    _when.where(
        _windows.c.started_at < bindparam("until", type_=UtcDateTime()),
        _windows.c.ended_at > bindparam("since", type_=UtcDateTime()),
    ),
    _when.where(_windows.c.ended_at.is_(None)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """How a website fared in a span, by time."""

    share: float | None
    """Available time in known time, 0 to 1; None where nothing is known."""
    coverage: float
    """Known time in the span, 0 to 1."""
    down_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUptime:
    """How a website fared on one day of the reader's calendar; today counts until now."""

    day: date
    share: float | None
    """As `Uptime.share`."""
    coverage: float
    known_seconds: float
    """What the day weighs where days are put together: today is not over, and a day may have 23 hours."""
    down_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBucket:
    """Seconds that a website spent in each status in one of equal spans of time; together they are the span."""

    started_at: datetime
    up: float
    degraded: float
    down: float
    """Confirmed: in downtime windows."""
    unknown: float
    """About which nothing is known, or which is left out as maintenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """Of one website, in a span of time: what is known, maintenance left out, and what of it was down."""

    known: list[Span]
    down: list[Span]


def uptime(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, Uptime]:
    """Each website's uptime from *since* to *until*, in a fixed number of queries that read no checks."""
    span = until - since
    return uptimes(db, website_ids, [span], until=until)[span]


def uptimes(
    db: Session, website_ids: Sequence[int], spans: Sequence[timedelta], *, until: datetime
) -> dict[timedelta, dict[int, Uptime]]:
    """`uptime` over each of *spans*, all of which end at *until*, in as many queries as the longest takes."""
    longest_first = sorted(set(spans), reverse=True)
    told = _told(db, website_ids, until - longest_first[0], until)
    edges = [*((until - span).timestamp() for span in longest_first), until.timestamp()]
    fared = {website_id: _since_each(one, edges) for website_id, one in told.items()}
    return {span: {website_id: each[longest_first.index(span)] for website_id, each in fared.items()} for span in spans}


def _since_each(told: _Told, edges: Sequence[float]) -> list[Uptime]:
    """How a website fared from each of *edges* but the last until that one."""
    known, down = _sums_from(by_bucket(told.known, edges)), _sums_from(by_bucket(told.down, edges))
    return [_uptime(known[number], down[number], edges[-1] - edge) for number, edge in enumerate(edges[:-1])]


def _sums_from(seconds: Sequence[float]) -> list[float]:
    """The sum of each of *seconds* and all after it."""
    return list(accumulate(reversed(seconds)))[::-1]


def daily_uptime(db: Session, website_id: int, *, first_day: date, last_day: date, zone: tzinfo) -> list[DayUptime]:
    """A website's uptime on each day from *first_day* to *last_day*, both included, by the clocks of *zone*."""
    return daily_uptimes(db, [website_id], first_day=first_day, last_day=last_day, zone=zone)[website_id]


def daily_uptimes(
    db: Session, website_ids: Sequence[int], *, first_day: date, last_day: date, zone: tzinfo
) -> dict[int, list[DayUptime]]:
    """`daily_uptime` of each of these websites, in as many queries as one takes."""
    days = [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 2)]
    now = utc_now()
    edges = [min(datetime.combine(day, time(), zone).astimezone(UTC), now) for day in days]
    seconds = [edge.timestamp() for edge in edges]
    told = _told(db, website_ids, edges[0], edges[-1])
    return {website_id: _by_day(one, days, seconds) for website_id, one in told.items()}


def _by_day(told: _Told, days: Sequence[date], edges: Sequence[float]) -> list[DayUptime]:
    known, down = by_bucket(told.known, edges), by_bucket(told.down, edges)
    found = [_uptime(known[number], down[number], end - start) for number, (start, end) in enumerate(pairwise(edges))]
    return [
        DayUptime(day=day, share=one.share, coverage=one.coverage, known_seconds=seconds, down_seconds=one.down_seconds)
        for day, one, seconds in zip(days, found, known, strict=False)
    ]


def status_buckets(
    db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime, count: int
) -> dict[int, list[StatusBucket]]:
    """How long each website was in each status, from *since* to *until* in *count* equal buckets.

    In buckets of an hour or more, degraded time is told by the hour, so that it costs the same with any number of
    checks and outlives them.
    """
    first, width = since.timestamp(), (until - since).total_seconds() / count
    edges = [first + number * width for number in range(count + 1)]
    slow = degraded(db, website_ids, since=since, until=until, by_hour=width >= HOUR)
    return {
        website_id: _buckets(told, slow[website_id], edges)
        for website_id, told in _told(db, website_ids, since, until).items()
    }


def _buckets(told: _Told, slow: Shares, edges: list[float]) -> list[StatusBucket]:
    known, down = by_bucket(told.known, edges), by_bucket(told.down, edges)
    limping = _limping(difference(told.known, told.down), slow, edges)
    return [
        StatusBucket(
            started_at=datetime.fromtimestamp(start, UTC),
            up=max(known[number] - down[number] - limping[number], 0.0),
            degraded=limping[number],
            down=down[number],
            unknown=max(end - start - known[number], 0.0),
        )
        for number, (start, end) in enumerate(pairwise(edges))
    ]


def _limping(available: list[Span], slow: Shares, edges: list[float]) -> list[float]:
    """Degraded seconds of each bucket."""
    shares = (
        [share * one for one in by_bucket(intersection(available, spans), edges)] for share, spans in slow.items()
    )
    return [sum(seconds) for seconds in zip(*shares, strict=True)] or [0.0] * (len(edges) - 1)


def _uptime(known: float, down: float, span: float) -> Uptime:
    share = (known - down) / known if known > 0 else None
    return Uptime(share=share, coverage=min(known / span, 1.0) if span > 0 else 0.0, down_seconds=down)


def _told(db: Session, website_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, _Told]:
    # A check speaks for a while to come; of that nothing is known, whoever asks.
    known = coverage.spans(db, website_ids, since=since, until=max(since, min(until, utc_now())))
    down = _downtime(db, website_ids, since, until)
    left_out = maintenance(db, website_ids, since=since, until=until)
    told = {}
    for website_id in website_ids:
        counted = difference(known[website_id], left_out.get(website_id, []))
        told[website_id] = _Told(known=counted, down=intersection(counted, down[website_id]))
    return told


def _downtime(db: Session, website_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Span]]:
    """When each website was down, from before *since* and until after *until* where it was so at those moments."""
    found: dict[int, list[Span]] = {website_id: [] for website_id in website_ids}
    for website_id, start, end in rows_of(db, _WINDOWS, ids=website_ids, since=since, until=until):
        found[website_id].append((start, until.timestamp() if end is None else end))
    return {website_id: union(windows) for website_id, windows in found.items()}
