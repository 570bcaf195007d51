"""Formatting of numbers and durations."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.clock import utc_now
from dashboard.format import coverage, duration, local, milliseconds, percentage


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (7_500, "2 h 5 min"), (273_600, "3 d 4 h")],
)
def test_a_duration_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(("value", "words"), [(None, "–"), (0.42, "0.4 ms"), (187.4, "187 ms"), (1_240, "1.24 s")])
def test_milliseconds_become_seconds_when_they_are_many(value: float | None, words: str) -> None:
    assert milliseconds(value) == words


@pytest.mark.parametrize(
    ("share", "words"), [(None, "–"), (1.0, "100"), (0.99999, "99.99"), (0.5, "50.00"), (0, "0.00")]
)
def test_a_share_is_never_rounded_up_to_100_percent(share: float | None, words: str) -> None:
    assert percentage(share) == words


@pytest.mark.parametrize(
    ("share", "words"), [(0, "nothing known"), (0.001, "<1% known"), (0.87, "87% known"), (1, "all of it known")]
)
def test_little_coverage_is_not_rounded_to_nothing(share: float, words: str) -> None:
    assert coverage(share) == words


def test_a_time_is_local_and_names_another_year() -> None:
    at = datetime(2024, 7, 3, 22, 30, 5, tzinfo=ZoneInfo("UTC"))

    assert local(at, ZoneInfo("Europe/Berlin")) == "4 Jul 2024, 00:30:05"
    assert local(utc_now() - timedelta(seconds=1), ZoneInfo("UTC")).count(" ") == 2
