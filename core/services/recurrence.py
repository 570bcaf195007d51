"""When an RRULE of RFC 5545 recurs, by wall clocks and without walking there from its first start. Pure."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from dateutil.rrule import rrulestr

DAYS = {"HOURLY": 1, "DAILY": 1, "WEEKLY": 7}
"""After so many days, times INTERVAL, a rule of this frequency is in step again. Of the others there are few a year."""

COUNT = re.compile(r"COUNT=(\d+)", re.IGNORECASE)
END_IN_UTC = re.compile(r"(?<=UNTIL=)(\d{8}T\d{6})Z", re.IGNORECASE)


def by_clocks_of(zone: tzinfo, recurrence: str) -> str:
    """*recurrence* with its end by the wall clocks of *zone*: calendars tell it in UTC (RFC 5545, 3.3.10)."""

    def local(end: re.Match[str]) -> str:
        moment = datetime.strptime(end[1].upper(), "%Y%m%dT%H%M%S").replace(tzinfo=UTC)
        return f"{moment.astimezone(zone):%Y%m%dT%H%M%S}"

    return END_IN_UTC.sub(local, recurrence)


def uncounted(recurrence: str) -> tuple[str, int | None]:
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
