"""The downtime of a website as a figure."""

from datetime import UTC, timedelta

import pytest

from dashboard.components.downtime_timeline import downtime_timeline, drawn
from dashboard.components.uptime_data import Downtime
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
def test_a_window_is_seen_within_the_axis(started: float, ended: float | None, place: tuple[object, timedelta]) -> None:
    assert drawn(at(started), UNTIL if ended is None else at(ended), SINCE, UNTIL) == place


def test_a_bar_opens_its_window_and_its_cause_holds_no_tags() -> None:
    window = Downtime(window_id=7, started_at=at(60), ended_at=None, cause="<b>refused")

    figure = downtime_timeline([window], [], since=SINCE, until=UNTIL, zone=UTC)

    bars = figure["data"][2]
    assert bars["customdata"] == [7]
    assert bars["text"][0].startswith("Down for 23 h 59 min so far<br>")
    assert "<b>" not in bars["text"][0]
