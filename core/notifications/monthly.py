"""Decides which month's report is due by mail. Pure."""

from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

MORNING = timedelta(hours=6)
"""The time on the first of a month at which last month's report is due; by then its last checks are stored."""


class Scheduled(Protocol):
    """The parts of a report that the schedule needs."""

    @property
    def timezone(self) -> str: ...
    @property
    def month(self) -> date: ...
    @property
    def due_at(self) -> datetime | None: ...


def complete_month(timezone: str, now: datetime) -> date:
    """Return the first day of the latest month whose report may be sent at *now*."""
    today = (now.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - MORNING).date()
    return (today.replace(day=1) - timedelta(days=1)).replace(day=1)


def next_month(month: date) -> date:
    """Return the first day of the next month."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def due_month(report: Scheduled, now: datetime) -> date | None:
    """Return the month whose *report* must be sent at *now*; of several missed ones only the last; None for none."""
    complete = complete_month(report.timezone, now)
    if complete > report.month:
        return complete
    return report.month if report.due_at is not None and report.due_at <= now else None
