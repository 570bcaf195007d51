"""Calculates uptime as a share of time: over a span, per day and in equal buckets, in a fixed number of queries.

Known time is the time that checks cover (`core.services.coverage`), without maintenance. Downtime is the known time
within downtime windows, which begin at the first failed check. A failure that opened no window is not downtime.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate, pairwise

from sqlalchemy import bindparam, select, union_all
from sqlalchemy.orm import Session

from core.clock import utc_at, utc_now
from core.models import DowntimeWindow, UtcDateTime, Website
from core.services import coverage
from core.services.degraded import Shares, degraded
from core.services.epoch import epoch
from core.services.levels import HOUR
from core.services.maintenance_window import maintenance
from core.services.prepared import IDS, rows_of
from core.services.spans import Span, by_bucket, difference, intersection, union

# The ids are bound once for several uses, because SQLite allows 32,766 parameters by default.
_asked = select(Website.id).where(Website.id.in_(IDS)).cte("asked")
_windows = DowntimeWindow.__table__
_when = select(_windows.c.website_id, epoch(_windows.c.started_at), epoch(_windows.c.ended_at)).join_from(
    _asked, _windows, _windows.c.website_id == _asked.c.id
)
# A UNION, so that SQLite uses its index of ends for both parts. Otherwise it reads all windows that ever began.
_WINDOWS = union_all(
    _when.where(
        _windows.c.started_at < bindparam("until", type_=UtcDateTime()),
        _windows.c.ended_at > bindparam("since", type_=UtcDateTime()),
    ),
    _when.where(_windows.c.ended_at.is_(None)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Uptime:
    """A website's uptime over a span."""

    share: float | None
    """Available time divided by known time, 0 to 1; None if nothing is known."""
    coverage: float
    """Known time divided by the span, 0 to 1."""
    down_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayUptime:
    """A website's uptime on one day of the reader's calendar; today counts until now."""

    day: date
    share: float | None
    """As `Uptime.share`."""
    coverage: float
    known_seconds: float
    """The weight of the day when days are combined: today is not over, and a day may have 23 hours."""
    down_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBucket:
    """Seconds that a website spent in each status during one bucket; they add up to the bucket's length."""

    started_at: datetime
    up: float
    degraded: float
    down: float
    """Within downtime windows, so confirmed."""
    unknown: float
    """Unknown time and maintenance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _KnownTime:
    """A website's known time in a span, without maintenance, and the downtime within it."""

    known: list[Span]
    down: list[Span]


def uptime(db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime) -> dict[int, Uptime]:
    """Return each website's uptime from *since* to *until*, in a fixed number of queries that read no checks."""
    span = until - since
    return uptimes(db, website_ids, [span], until=until)[span]


def uptimes(
    db: Session, website_ids: Sequence[int], spans: Sequence[timedelta], *, until: datetime
) -> dict[timedelta, dict[int, Uptime]]:
    """Return each website's uptime over several *spans* that end at *until*, in as many queries as one span takes."""
    longest_first = sorted(set(spans), reverse=True)
    known_times = _known_time(db, website_ids, until - longest_first[0], until)
    edges = [*((until - span).timestamp() for span in longest_first), until.timestamp()]
    fared = {website_id: _since_each(times, edges) for website_id, times in known_times.items()}
    return {
        span: {website_id: results[longest_first.index(span)] for website_id, results in fared.items()}
        for span in spans
    }


def _since_each(known_time: _KnownTime, edges: Sequence[float]) -> list[Uptime]:
    """Return a website's uptime from each of *edges* to the last one."""
    known, down = _sums_from(by_bucket(known_time.known, edges)), _sums_from(by_bucket(known_time.down, edges))
    return [_uptime(known[number], down[number], edges[-1] - edge) for number, edge in enumerate(edges[:-1])]


def _sums_from(seconds: Sequence[float]) -> list[float]:
    """Return the sum of each value and all values after it."""
    return list(accumulate(reversed(seconds)))[::-1]


def daily_uptime(db: Session, website_id: int, *, first_day: date, last_day: date, zone: tzinfo) -> list[DayUptime]:
    """Return a website's uptime on each day from *first_day* to *last_day*, both inclusive, in the time zone *zone*."""
    return daily_uptimes(db, [website_id], first_day=first_day, last_day=last_day, zone=zone)[website_id]


def daily_uptimes(
    db: Session, website_ids: Sequence[int], *, first_day: date, last_day: date, zone: tzinfo
) -> dict[int, list[DayUptime]]:
    """Return the daily uptime of each of these websites, in as many queries as one takes."""
    days = [first_day + timedelta(days=number) for number in range((last_day - first_day).days + 2)]
    now = utc_now()
    edges = [min(datetime.combine(day, time(), zone).astimezone(UTC), now) for day in days]
    seconds = [edge.timestamp() for edge in edges]
    known_times = _known_time(db, website_ids, edges[0], edges[-1])
    return {website_id: _by_day(times, days, seconds) for website_id, times in known_times.items()}


def _by_day(known_time: _KnownTime, days: Sequence[date], edges: Sequence[float]) -> list[DayUptime]:
    known, down = by_bucket(known_time.known, edges), by_bucket(known_time.down, edges)
    found = [_uptime(known[number], down[number], end - start) for number, (start, end) in enumerate(pairwise(edges))]
    return [
        DayUptime(
            day=day,
            share=uptime.share,
            coverage=uptime.coverage,
            known_seconds=seconds,
            down_seconds=uptime.down_seconds,
        )
        for day, uptime, seconds in zip(days, found, known, strict=False)
    ]


def status_buckets(
    db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime, count: int
) -> dict[int, list[StatusBucket]]:
    """Return how long each website was in each status, from *since* to *until* in *count* equal buckets.

    For buckets of an hour or more, degraded time comes from hourly rollups. The cost then does not depend on the number
    of checks, and the time remains known after checks are deleted.
    """
    first, width = since.timestamp(), (until - since).total_seconds() / count
    edges = [first + number * width for number in range(count + 1)]
    slow = degraded(db, website_ids, since=since, until=until, by_hour=width >= HOUR)
    return {
        website_id: _buckets(known_time, slow[website_id], edges)
        for website_id, known_time in _known_time(db, website_ids, since, until).items()
    }


def _buckets(known_time: _KnownTime, slow: Shares, edges: list[float]) -> list[StatusBucket]:
    known, down = by_bucket(known_time.known, edges), by_bucket(known_time.down, edges)
    degraded_seconds = _degraded_seconds(difference(known_time.known, known_time.down), slow, edges)
    return [
        StatusBucket(
            started_at=utc_at(start),
            up=max(known[number] - down[number] - degraded_seconds[number], 0.0),
            degraded=degraded_seconds[number],
            down=down[number],
            unknown=max(end - start - known[number], 0.0),
        )
        for number, (start, end) in enumerate(pairwise(edges))
    ]


def _degraded_seconds(available: list[Span], slow: Shares, edges: list[float]) -> list[float]:
    """Return the degraded seconds of each bucket."""
    shares = (
        [share * seconds for seconds in by_bucket(intersection(available, spans), edges)]
        for share, spans in slow.items()
    )
    return [sum(seconds) for seconds in zip(*shares, strict=True)] or [0.0] * (len(edges) - 1)


def _uptime(known: float, down: float, span: float) -> Uptime:
    share = (known - down) / known if known > 0 else None
    return Uptime(share=share, coverage=min(known / span, 1.0) if span > 0 else 0.0, down_seconds=down)


def _known_time(db: Session, website_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, _KnownTime]:
    # A check covers some time after it, but the future is not known.
    known = coverage.spans(db, website_ids, since=since, until=max(since, min(until, utc_now())))
    down = _downtime(db, website_ids, since, until)
    left_out = maintenance(db, website_ids, since=since, until=until)
    known_times = {}
    for website_id in website_ids:
        counted = difference(known[website_id], left_out.get(website_id, []))
        known_times[website_id] = _KnownTime(known=counted, down=intersection(counted, down[website_id]))
    return known_times


def _downtime(db: Session, website_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[Span]]:
    """Return when each website was down. Windows may extend beyond *since* and *until*."""
    found: dict[int, list[Span]] = {website_id: [] for website_id in website_ids}
    for website_id, start, end in rows_of(db, _WINDOWS, ids=website_ids, since=since, until=until):
        found[website_id].append((start, until.timestamp() if end is None else end))
    return {website_id: union(windows) for website_id, windows in found.items()}
