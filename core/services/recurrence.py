"""When an RRULE of RFC 5545 recurs, by wall clocks and without walking there from its first start. Pure."""

import re
from datetime import datetime, timedelta

from dateutil.rrule import rrulestr

DAYS = {"HOURLY": 1, "DAILY": 1, "WEEKLY": 7}
"""After so many days, times INTERVAL, a rule of this frequency is in step again. Of the others there are few a year."""


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
