"""The chart's points: single checks where there are few, else buckets on a grid that later charts share."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.models import MonitorStatus
from dashboard.queries.website_series import MAX_POINTS, load_points, merged, resolve
from tests.factories import NOON, at, make_check, make_website


@pytest.mark.parametrize("days", [1, 7, 30, 90, 365])
@pytest.mark.parametrize("interval", [10, 60, 600])
def test_every_range_has_a_limited_number_of_points(days: int, interval: int) -> None:
    resolution = resolve(NOON, NOON + timedelta(days=days), interval)

    span = (resolution.until - resolution.since).total_seconds()
    assert span / (resolution.seconds or interval) <= MAX_POINTS + 2
    assert resolution.since <= NOON < resolution.until


def test_a_zoom_has_a_finer_resolution() -> None:
    sizes = [resolve(NOON, NOON + timedelta(hours=hours), 60).seconds for hours in (24 * 90, 24 * 7, 24, 6)]

    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] == 0


def test_a_later_chart_has_the_same_buckets() -> None:
    day = timedelta(days=1)
    before, after = (resolve(NOON + late, NOON + late + day, 60) for late in (timedelta(), timedelta(seconds=61)))

    assert before.seconds == after.seconds
    assert (after.since - before.since).total_seconds() % before.seconds == 0


def test_a_single_check_has_a_note(db: Session) -> None:
    website = make_website(db)
    make_check(db, website, checked_at=at(0), status=MonitorStatus.UP, http_status_code=200, response_time_ms=80.0)
    make_check(db, website, checked_at=at(60), status=MonitorStatus.DOWN, error_message="refused", response_time_ms=3.0)

    up, down = load_points(db, website, resolve(NOON, at(600), 60))

    assert (up.p50_ms, up.note) == (80.0, "Up: status 200")
    assert (down.p50_ms, down.note) == (None, "Down: refused")


def test_merging_replaces_the_end_and_drops_old_points(db: Session) -> None:
    website = make_website(db)
    for second in range(0, 600, 60):
        make_check(db, website, checked_at=at(second), http_status_code=200, response_time_ms=float(second))
    whole = load_points(db, website, resolve(NOON, at(300), 60))

    later = resolve(at(120), at(600), 60)
    points = merged(whole, load_points(db, website, later, since=whole[-1].started_at), later)

    assert [point.p50_ms for point in points] == [120, 180, 240, 300, 360, 420, 480, 540]


def test_checks_of_several_regions_are_bucketed() -> None:
    a_day = resolve(NOON, NOON + timedelta(days=1), 600, is_regional=True)
    some_minutes = resolve(NOON, NOON + timedelta(minutes=40), 600, is_regional=True)

    assert (a_day.seconds, some_minutes.seconds) == (600, 0)
    assert resolve(NOON, NOON + timedelta(days=1), 600).seconds == 0
