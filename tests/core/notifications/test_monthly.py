"""The schedule finds the month whose report is due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from core.notifications.monthly import complete_month, due_month, next_month


@dataclass
class Report:
    month: date = date(2026, 2, 1)
    timezone: str = "Europe/Berlin"
    due_at: datetime | None = None


@pytest.mark.parametrize(
    ("now", "month"),
    [
        ("2026-03-31T23:00", "2026-02-01"),
        ("2026-04-01T03:59", "2026-02-01"),
        ("2026-04-01T04:00", "2026-03-01"),
        ("2026-04-30T12:00", "2026-03-01"),
        ("2027-01-01T05:00", "2026-12-01"),
    ],
    ids=["the last day", "before six", "at six in summer", "late", "a new year"],
)
def test_a_month_is_complete_on_the_first_at_six_in_its_time_zone(now: str, month: str) -> None:
    assert complete_month("Europe/Berlin", at(now)) == date.fromisoformat(month)


@pytest.mark.parametrize(
    ("report", "now", "month"),
    [
        (Report(), "2026-03-20T12:00", None),
        (Report(), "2026-04-01T05:00", date(2026, 3, 1)),
        (Report(), "2026-07-20T05:00", date(2026, 6, 1)),
        (Report(due_at=datetime(2026, 3, 1, 7, tzinfo=UTC)), "2026-03-01T06:59", None),
        (Report(due_at=datetime(2026, 3, 1, 7, tzinfo=UTC)), "2026-03-01T07:00", date(2026, 2, 1)),
    ],
    ids=["done", "on the first", "months later", "waits", "tried again"],
)
def test_each_month_is_due_once_and_only_the_last_missed_one(report: Report, now: str, month: date | None) -> None:
    assert due_month(report, at(now)) == month


def test_december_is_followed_by_january() -> None:
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


def at(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=UTC)
