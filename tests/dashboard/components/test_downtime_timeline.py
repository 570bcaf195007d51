"""The figure of one website's downtime."""

from datetime import UTC, timedelta

import pytest

from dashboard.components.downtime_timeline import downtime_timeline, drawn
from dashboard.components.uptime_data import Downtime, joined
from tests.factories import at

SINCE, UNTIL = at(0), at(86_400)
NARROWEST = timedelta(days=1) / 250


@pytest.mark.parametrize(
    ("started", "ended", "place"),
    [
        (3_600, 7_200, (at(3_600), timedelta(hours=1))),
        (-3_600, 7_200, (at(0), timedelta(hours=2))),
        (40_000, 40_001, (at(40_000), NARROWEST)),
        (86_398, None, (UNTIL - NARROWEST, NARROWEST)),
    ],
    ids=["hour", "begun before", "second", "begun just now"],
)
def test_a_window_is_visible_within_the_axis(
    started: float, ended: float | None, place: tuple[object, timedelta]
) -> None:
    assert drawn(at(started), UNTIL if ended is None else at(ended), SINCE, UNTIL) == place


def test_a_bar_has_its_windows_id_and_an_escaped_cause() -> None:
    window = Downtime(window_id=7, started_at=at(60), ended_at=None, cause="<b>refused")

    figure = downtime_timeline([window], [], since=SINCE, until=UNTIL, zone=UTC)

    bars = figure["data"][2]
    assert bars["customdata"] == [7]
    assert bars["text"][0].startswith("Down for 23 h 59 min so far<br>")
    assert "<b>" not in bars["text"][0]


def flapping(times: int, *, every: float, lasting: float) -> list[Downtime]:
    return [
        Downtime(window_id=n, started_at=at(n * every), ended_at=at(n * every + lasting), cause=f"cause {n}")
        for n in range(times)
    ]


def test_windows_without_a_visible_gap_are_joined() -> None:
    [mark] = joined(flapping(100, every=120, lasting=30), since=SINCE, until=UNTIL)

    assert (mark.window_id, mark.started_at, mark.ended_at) == (99, at(0), at(99 * 120 + 30))
    assert (mark.times, mark.lasted(UNTIL), mark.cause) == (100, 3_000, "cause 99")
    assert mark.share(UNTIL) == pytest.approx(0.25, abs=0.01)


def test_windows_with_a_visible_gap_stay_separate() -> None:
    assert len(joined(flapping(10, every=3_600, lasting=600), since=SINCE, until=UNTIL)) == 10


def test_a_joined_mark_shows_count_and_total_duration() -> None:
    figure = downtime_timeline(flapping(100, every=120, lasting=30), [], since=SINCE, until=UNTIL, zone=UTC)

    assert figure["data"][2]["text"] == ["Down 100 times, 50 min in all<br>cause 99"]
    assert figure["data"][2]["customdata"] == [99]
    assert figure["data"][2]["marker"]["color"] == ["$down/60"]
