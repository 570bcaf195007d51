"""Which month's report is due by mail. Pure."""

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

MORNING = timedelta(hours=6)
"""So late on the first of a month the report of the last one is sent: the last checks of it are in by then."""


class Scheduled(Protocol):
    """What is asked of a report."""

    @property
    def timezone(self) -> str: ...
    @property
    def month(self) -> date: ...
    @property
    def due_at(self) -> datetime | None: ...


def complete_month(timezone: str, now: datetime) -> date:
    """The first day of the last month of which the report may be sent at *now*."""
    today = (now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - MORNING).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def next_month(month: date) -> date:
    """The first day of the month after that of *month*."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def due_month(report: Scheduled, now: datetime) -> date | None:
    """The month of which *report* is to be sent at *now*; of several that were missed only the last."""
    complete = complete_month(report.timezone, now)
    if complete > report.month:
        return complete
    return report.month if report.due_at is not None and report.due_at <= now else None
