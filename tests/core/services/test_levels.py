"""A span consists of whole buckets and the parts at its edges."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.services.levels import CHECK, DAY, HOUR, MINUTE, Grid, Part, Reach, grid, parts

ALL = Reach(until=100.0 * DAY)
KEPT = Reach(checks_since=70.0 * DAY, minutes_since=93.0 * DAY, hours_since=10.0 * DAY, until=100.0 * DAY)
"""As the settings have it: minutes are deleted before checks, checks before hours."""


def test_a_span_consists_of_days_with_hours_minutes_and_checks_at_its_edges() -> None:
    found = parts(DAY - HOUR - 90.5, 2 * DAY + 30, ALL)

    assert found == [
        Part(width=CHECK, since=DAY - HOUR - 90.5, until=DAY - HOUR - 60),
        Part(width=MINUTE, since=DAY - HOUR - 60, until=DAY - HOUR),
        Part(width=HOUR, since=DAY - HOUR, until=DAY),
        Part(width=DAY, since=DAY, until=2 * DAY),
        Part(width=CHECK, since=2 * DAY, until=2 * DAY + 30),
    ]


def test_time_without_rollups_is_read_from_checks() -> None:
    found = parts(99 * DAY, 100 * DAY + 600, ALL)

    assert [part.width for part in found] == [DAY, CHECK]


@given(st.floats(0, 110 * DAY), st.floats(0, 110 * DAY))
def test_the_parts_cover_the_span_without_gap_or_overlap(one: float, other: float) -> None:
    since, until = KEPT.outwards(min(one, other), max(one, other))

    found = parts(since, until, KEPT)

    edges = [since, *(part.until for part in found)]
    assert [part.since for part in found] == edges[:-1]
    assert not found or edges[-1] == until
    assert all(part.since >= KEPT.since(part.width) for part in found)
    assert all(part.since % part.width == part.until % part.width == 0 for part in found if part.width)


@given(st.floats(0, 110 * DAY), st.floats(1, 100 * DAY), st.integers(1, 2_000))
def test_a_grid_has_no_more_buckets_than_requested(since: float, seconds: float, max_points: int) -> None:
    until = since + seconds

    found = grid(since, until, max_points, KEPT)

    assert found.first <= since
    assert math.ceil((until - found.first) / found.seconds - 1e-6) <= max_points


@pytest.mark.parametrize(
    ("seconds", "count"), [(300, 288), (1_800, 336), (3_600, 400), (21_600, 360), (604_800, 52)], ids=str
)
def test_aligned_buckets_do_not_change(seconds: int, count: int) -> None:
    since = 20 * 604_800

    assert grid(since, since + seconds * count, count, ALL) == Grid(first=since, seconds=seconds)


def test_where_only_days_are_stored_a_bucket_is_at_least_a_day() -> None:
    assert grid(3.0 * DAY, 4.0 * DAY, 500, KEPT) == Grid(first=3.0 * DAY, seconds=DAY)
    assert KEPT.outwards(3.2 * DAY, 20.01 * DAY) == (3.0 * DAY, 20 * DAY + HOUR)
