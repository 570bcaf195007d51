"""Expands an RRULE (RFC 5545) by wall-clock time, without iterating from its first start. Pure."""

import re
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAYS = {"HOURLY": 1, "DAILY": 1, "WEEKLY": 7}
"""The period in days, times INTERVAL, of each frequency. Rarer frequencies need no shortcut."""

COUNT = re.compile(r"COUNT=(\d+)", re.IGNORECASE)
END_IN_UTC = re.compile(r"(?<=UNTIL=)(\d{8}T\d{6})Z", re.IGNORECASE)

A_DAY = timedelta(days=1)


def moments(recurrence: str, first: datetime, zone: ZoneInfo, *, since: datetime, until: datetime) -> list[datetime]:
    """Return the starts from *since* to *until* by the wall clock of *zone*, in order, and perhaps some more.

    Args:
        recurrence: An RRULE (RFC 5545, 3.3.10).
        first: The first start.
    """
    rule, count = _with_larger_count(_by_clocks_of(zone, recurrence))
    first = first.replace(microsecond=0)
    if count is None:
        return _moments(rule, first, zone, since, until)
    return list(_counted(rule, count, first, zone, datetime(min(until.year + 1, MAXYEAR), 1, 1, tzinfo=UTC)))


@lru_cache(maxsize=256)  # COUNT needs all starts from the first one, and the monitor asks every 2 s
def _counted(rule: str, count: int, first: datetime, zone: ZoneInfo, until: datetime) -> tuple[datetime, ...]:
    return tuple(_moments(rule, first, zone, first, until)[:count])


def _moments(rule: str, first: datetime, zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    local_first, earliest, latest = (moment.astimezone(zone).replace(tzinfo=None) for moment in (first, since, until))
    # One extra day on either side, because clock changes move starts near the edges.
    local = starts(rule, local_first, earliest - A_DAY, latest + A_DAY)
    is_hourly = "FREQ=HOURLY" in rule.upper()
    times = (moment for start in local for moment in _utc_times(start, zone, is_hourly=is_hourly))
    return sorted({max(moment, first) for moment in times})


def _utc_times(local: datetime, zone: ZoneInfo, *, is_hourly: bool) -> list[datetime]:
    """Return the UTC times at which it is *local* in *zone*.

    An hourly rule occurs twice in the hour that is repeated when clocks go back. A local time that is skipped when
    clocks go forward is shifted by the length of the gap.
    """
    once, again = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return [once, again] if is_hourly and again > once else [once]


def _by_clocks_of(zone: ZoneInfo, recurrence: str) -> str:
    """Return *recurrence* with UNTIL converted from UTC (RFC 5545, 3.3.10) to the wall clock of *zone*."""

    def local(end: re.Match[str]) -> str:
        moment = datetime.strptime(end[1].upper(), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        try:
            moment = moment.astimezone(zone)
        except OverflowError:  # at the limits of the calendar, where hours do not matter
            return end[1]
        return f"{moment.year:04}{moment:%m%dT%H%M%S}"  # %Y does not pad small years

    return END_IN_UTC.sub(local, recurrence)


def _with_larger_count(recurrence: str) -> tuple[str, int | None]:
    """Return *recurrence* with a larger COUNT, and the original COUNT, or None without one.

    Two wall-clock times may be the same instant when clocks go forward, so more starts are needed.
    """
    found = COUNT.search(recurrence)
    if found is None:
        return recurrence, None
    count = int(found[1])
    return COUNT.sub(f"COUNT={count + count // 100 + 2}", recurrence), count


def starts(recurrence: str, first: datetime, since: datetime, until: datetime) -> list[datetime]:
    """Return the wall-clock starts from *since* to *until*, both inclusive; *first* is the first start."""
    if until < first:
        return []
    rule = rrulestr(recurrence, dtstart=_later_first(recurrence, first, since))
    return list(rule.between(since, until, inc=True))


def _later_first(recurrence: str, first: datetime, since: datetime) -> datetime:
    """Return a start shortly before *since* that gives the same later starts as *first*."""
    text = recurrence.upper()
    frequency = re.search(r"FREQ=(\w+)", text)
    days = DAYS.get(frequency.group(1)) if frequency else None
    if days is None or "COUNT=" in text or since <= first:
        return first
    interval = re.search(r"INTERVAL=(\d+)", text)
    step = timedelta(days=days * max(int(interval.group(1)) if interval else 1, 1))
    return first + (since - first) // step * step
