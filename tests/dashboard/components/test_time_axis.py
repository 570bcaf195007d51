"""The time axis in a reader's time zone, also on the days of clock changes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from dashboard.components.time_axis import TimeAxis

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
CHANGES = [
    pytest.param(datetime(2026, 10, 25, 1, tzinfo=UTC), BERLIN, 25, id="back in Berlin"),
    pytest.param(datetime(2026, 3, 29, 1, tzinfo=UTC), BERLIN, 23, id="forth in Berlin"),
    pytest.param(datetime(2026, 11, 1, 6, tzinfo=UTC), NEW_YORK, 25, id="back in New York"),
    pytest.param(datetime(2026, 3, 8, 7, tzinfo=UTC), NEW_YORK, 23, id="forth in New York"),
]


def _day(change: datetime, zone: ZoneInfo) -> TimeAxis:
    midnight = change.astimezone(zone).replace(hour=0, minute=0)
    return TimeAxis(since=midnight, until=midnight + timedelta(days=1), zone=zone)


@pytest.mark.parametrize(("change", "zone", "hours"), CHANGES)
def test_a_day_with_a_clock_change_has_its_real_length(change: datetime, zone: ZoneInfo, hours: int) -> None:
    axis = _day(change, zone)

    places = [datetime.fromisoformat(place) for place in axis.drawn()["range"]]

    assert places[1] - places[0] == timedelta(hours=hours)


@pytest.mark.parametrize(("change", "zone", "hours"), CHANGES)
def test_positions_increase_and_can_be_reversed(change: datetime, zone: ZoneInfo, hours: int) -> None:
    axis = _day(change, zone)
    moments = [axis.since.astimezone(UTC) + timedelta(minutes=10 * count) for count in range(hours * 6)]

    places = [axis.place(moment) for moment in moments]

    steps = {datetime.fromisoformat(after) - datetime.fromisoformat(before) for before, after in pairwise(places)}
    assert steps == {timedelta(minutes=10)}
    assert [axis.moment(place) for place in places] == moments


@pytest.mark.parametrize(("change", "zone", "hours"), CHANGES)
def test_ticks_show_local_time(change: datetime, zone: ZoneInfo, hours: int) -> None:
    axis = _day(change, zone)

    drawn = axis.drawn()

    moments = [axis.moment(place) for place in drawn["tickvals"]]
    assert [f"{moment.astimezone(zone):%H:%M}" for moment in moments if moment] == [
        text.partition("<br>")[0] for text in drawn["ticktext"]
    ]
    assert [text.partition("<br>")[0] for text in drawn["ticktext"]] == ["00:00", "06:00", "12:00", "18:00", "00:00"]
    assert [bool(text.partition("<br>")[2]) for text in drawn["ticktext"]] == [True, False, False, False, True]


def test_a_skipped_hour_has_no_tick() -> None:
    since = datetime(2026, 3, 29, 0, tzinfo=BERLIN)

    drawn = TimeAxis(since=since, until=since + timedelta(hours=5), zone=BERLIN).drawn()

    assert drawn["ticktext"] == ["00:00<br>29 Mar", "01:00", "03:00", "04:00", "05:00"]


def test_days_around_a_clock_change_are_labelled() -> None:
    since = datetime(2026, 10, 22, 9, tzinfo=BERLIN)

    drawn = TimeAxis(since=since, until=since + timedelta(days=5), zone=BERLIN).drawn()

    assert drawn["ticktext"] == ["23 Oct", "24 Oct", "25 Oct", "26 Oct", "27 Oct"]


def test_without_a_clock_change_plotly_places_the_ticks() -> None:
    since = datetime(2026, 7, 1, tzinfo=UTC)

    drawn = TimeAxis(since=since, until=since + timedelta(days=1), zone=BERLIN).drawn(nticks=4)

    assert drawn["range"] == ["2026-07-01T02:00:00", "2026-07-02T02:00:00"]
    assert "tickvals" not in drawn
    assert drawn["nticks"] == 4


def test_an_invalid_position_has_no_instant() -> None:
    axis = _day(datetime(2026, 7, 1, 12, tzinfo=UTC), BERLIN)

    assert axis.moment("soon") is None
    assert axis.moment("2026-07-01 14:30:00.1234567") == datetime(2026, 7, 1, 12, 30, 0, 123456, tzinfo=UTC)
