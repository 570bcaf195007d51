"""When an RRULE of RFC 5545 recurs, by wall clocks and without walking there from its first start. Pure."""

import re
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr

DAYS = {"HOURLY": 1, "DAILY": 1, "WEEKLY": 7}
"""After so many days, times INTERVAL, a rule of this frequency is in step again. Of the others there are few a year."""

COUNT = re.compile(r"COUNT=(\d+)", re.IGNORECASE)
END_IN_UTC = re.compile(r"(?<=UNTIL=)(\d{8}T\d{6})Z", re.IGNORECASE)


A_DAY = timedelta(days=1)


def moments(recurrence: str, first: datetime, zone: ZoneInfo, *, since: datetime, until: datetime) -> list[datetime]:
    """At least those from *since* to *until* at which it starts by the wall clocks of *zone*, in order.

    Args:
        recurrence: An RRULE (RFC 5545, 3.3.10).
        first: Its first start, to which it keeps.
    """
    rule, count = _uncounted(_by_clocks_of(zone, recurrence))
    first = first.replace(microsecond=0)
    if count is None:
        return _moments(rule, first, zone, since, until)
    return list(_counted(rule, count, first, zone, datetime(min(until.year + 1, MAXYEAR), 1, 1, tzinfo=UTC)))


@lru_cache(maxsize=256)  # which are the first so many takes all of them to know, and who checks asks every 2 s
def _counted(rule: str, count: int, first: datetime, zone: ZoneInfo, until: datetime) -> tuple[datetime, ...]:
    return tuple(_moments(rule, first, zone, first, until)[:count])


def _moments(rule: str, first: datetime, zone: ZoneInfo, since: datetime, until: datetime) -> list[datetime]:
    local_first, earliest, latest = (one.astimezone(zone).replace(tzinfo=None) for one in (first, since, until))
    # A day more on either side: clocks that are set back or forward move what lies near the edges.
    local = starts(rule, local_first, earliest - A_DAY, latest + A_DAY)
    is_hourly = "FREQ=HOURLY" in rule.upper()
    told = (moment for start in local for moment in _struck(start, zone, is_hourly=is_hourly))
    return sorted({max(moment, first) for moment in told})


def _struck(local: datetime, zone: ZoneInfo, *, is_hourly: bool) -> list[datetime]:
    """When it is *local* in *zone*: for what is hourly also again, in the hour that a clock set back strikes twice.

    In the hour that a clock set forward leaves out, it is as long after its beginning as before.
    """
    once, again = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return [once, again] if is_hourly and again > once else [once]


def _by_clocks_of(zone: ZoneInfo, recurrence: str) -> str:
    """*recurrence* with its end by the wall clocks of *zone*: calendars tell it in UTC (RFC 5545, 3.3.10)."""

    def local(end: re.Match[str]) -> str:
        moment = datetime.strptime(end[1].upper(), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        try:
            moment = moment.astimezone(zone)
        except OverflowError:  # at either end of all time, where hours matter to nobody
            return end[1]
        return f"{moment.year:04}{moment:%m%dT%H%M%S}"  # %Y has no zeros before a small year

    return END_IN_UTC.sub(local, recurrence)


def _uncounted(recurrence: str) -> tuple[str, int | None]:
    """*recurrence* with starts to spare, and how many of them count; None where it does not end by their number.

    Two of the wall clocks' times may be one moment, where clocks that are set forward leave an hour out.
    """
    found = COUNT.search(recurrence)
    if found is None:
        return recurrence, None
    count = int(found[1])
    return COUNT.sub(f"COUNT={count + count // 100 + 2}", recurrence), count


def starts(recurrence: str, first: datetime, since: datetime, until: datetime) -> list[datetime]:
    """The wall clock times from *since* to *until*, both included, at which it starts; *first* is the first start."""
    if until < first:
        return []
    rule = rrulestr(recurrence, dtstart=_nearer(recurrence, first, since))
    return list(rule.between(since, until, inc=True))


def _nearer(recurrence: str, first: datetime, since: datetime) -> datetime:
    """A start from which the rule goes on just as from *first*, but not long before *since*."""
    text = recurrence.upper()
    frequency = re.search(r"FREQ=(\w+)", text)
    days = DAYS.get(frequency.group(1)) if frequency else None
    if days is None or "COUNT=" in text or since <= first:
        return first
    interval = re.search(r"INTERVAL=(\d+)", text)
    step = timedelta(days=days * max(int(interval.group(1)) if interval else 1, 1))
    return first + (since - first) // step * step
