"""The calendar has a cell for each day, month names that never touch, and a text alternative."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from dashboard.components.uptime_calendar import MONTH_COLUMNS, Day, calendar_svg, in_words, level, month_labels


def year(last: date) -> tuple[date, date]:
    return last - timedelta(days=364), last


@pytest.mark.parametrize("offset", range(0, 365, 9))
def test_no_two_month_names_are_closer_than_a_name_is_long(offset: int) -> None:
    labels = month_labels(*year(date(2026, 1, 1) + timedelta(days=offset)))

    assert all(after - before >= MONTH_COLUMNS for (before, _name), (after, _next) in pairwise(labels))
    assert len(labels) >= 11


@pytest.mark.parametrize(
    ("share", "name"), [(1.0, "ok"), (0.9995, "good"), (0.995, "fair"), (0.97, "poor"), (0.2, "bad"), (None, "none")]
)
def test_a_days_colour_follows_its_share(share: float | None, name: str) -> None:
    assert level(share) == name


def test_every_day_is_a_cell_with_a_tooltip() -> None:
    first = date(2026, 3, 2)
    days = [Day(day=first + timedelta(days=number), share=1.0, down_seconds=0) for number in range(9)]
    days[3] = Day(day=days[3].day, share=0.9, down_seconds=8_640)

    drawn = calendar_svg(days)

    assert drawn.count("<rect") == 9
    assert "<title>Thu 5 Mar 2026: 90.00%, 2 h 24 min down</title>" in drawn


def test_the_words_name_the_worst_days() -> None:
    days = [
        Day(day=date(2026, 3, 1), share=None, down_seconds=0),
        Day(day=date(2026, 3, 2), share=1.0, down_seconds=0),
        Day(day=date(2026, 3, 3), share=0.99, down_seconds=864),
    ]

    assert in_words(days) == "Daily uptime of 2 days: 1 without downtime. Tue 3 Mar 2026 14 min 24 s down"
    assert in_words(days[:2]) == "Daily uptime of 1 day: 1 without downtime"
    assert in_words(days[:1]) == "Daily uptime: no data yet"
