"""The uptime chart draws known points, leaves gaps open, and is extended as time goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dashboard.components.uptime_chart import extension, uptime_chart
from dashboard.components.uptime_data import Downtime, Maintenance, Point, Span

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def point(minute: int, p50: float | None = 100.0, **overrides: Any) -> Point:
    given: dict[str, Any] = {
        "started_at": NOON + minute * MINUTE, "seconds": 0, "checks": 1, "down": 0, "degraded": 0, "p50_ms": p50,
        "p95_ms": p50, "phases": (1.0, 2.0, 3.0, 4.0, None),
    } | overrides  # fmt: skip
    return Point(**given)


def span(minutes: int = 62, since: int = 0) -> Span:
    return Span(since=NOON + since * MINUTE, until=NOON + minutes * MINUTE, gap_seconds=180)


def test_the_line_has_gaps_where_nothing_is_known() -> None:
    line = uptime_chart([point(0), point(60)], [], [], span())["data"][2]

    assert line["y"] == [100.0, None, 100.0]
    assert line["connectgaps"] is False


def test_the_band_lies_between_the_two_lines_that_it_names() -> None:
    data = uptime_chart([point(0, p95_ms=150.0), point(1, p95_ms=160.0)], [], [], span())["data"]

    upper, lower = (data[index] for index in data[0]["meta"]["band"])
    assert (upper["y"], lower["y"]) == ([150.0, 160.0], [100.0, 100.0])


def test_a_bucket_is_drawn_at_its_middle_with_its_span() -> None:
    line = uptime_chart([point(0, seconds=300, checks=5, p95_ms=180.0, down=1)], [], [], span())["data"][2]

    assert line["x"] == ["2026-01-01T12:02:30"]
    assert line["text"][0].startswith("<b>12:00 to 12:05, Thu 1 Jan</b><br>100 ms median, 180 ms p95")
    assert "5 checks, 1 down" in line["text"][0]


def test_a_websites_text_is_escaped_in_tooltips() -> None:
    line = uptime_chart([point(0, None, note="Down: <img src=x>")], [], [], span())["data"][2]

    assert "Check at 12:00:00" in line["text"][0]
    assert "<img" not in line["text"][0]


def test_tooltips_fit_a_phone() -> None:
    note = "The name of the certificate is for another host, and so on. " * 5

    text = uptime_chart([point(0, note=note, phases=(1_500.0,) * 5)], [], [], span())["data"][2]["text"][0]

    assert "DNS 1.50 s, connect 1.50 s, TLS 1.50 s<br>waiting 1.50 s, download 1.50 s" in text
    assert max(len(line) for line in text.split("<br>")) <= 48


def test_phases_are_stacked_with_gaps() -> None:
    unanswered = point(1, None, phases=(None,) * 5)

    figure = uptime_chart([point(0), unanswered], [], [], span(), by_phase=True)

    assert [trace["y"] for trace in figure["data"][:5]] == [
        [1.0, None], [2.0, None], [3.0, None], [4.0, None], [None, None],
    ]  # fmt: skip
    assert figure["layout"]["barmode"] == "stack"


def test_an_open_window_is_shaded_until_now_with_a_label() -> None:
    window = Downtime(window_id=7, started_at=NOON + MINUTE, ended_at=None, cause="no answer")

    layout = uptime_chart([point(0)], [window], [], span(9))["layout"]

    edges = [(shape["x0"], shape["x1"]) for shape in layout["shapes"]]
    assert edges == [("2026-01-01T12:01:00", "2026-01-01T12:09:00")] * 2
    assert [word["text"] for word in layout["annotations"]] == ["Down"]


def test_joined_windows_are_shaded_by_their_share_of_downtime() -> None:
    second = timedelta(seconds=1)
    windows = [
        Downtime(window_id=n, started_at=NOON + 4 * n * second, ended_at=NOON + (4 * n + 1) * second, cause=None)
        for n in range(900)
    ]

    layout = uptime_chart([point(0)], windows, [], span(60))["layout"]

    assert [shape["fillcolor"] for shape in layout["shapes"]] == ["$down/4", "$down"]
    assert [word["text"] for word in layout["annotations"]] == ["Down 900 times"]


def test_a_short_window_has_no_label() -> None:
    window = Downtime(window_id=7, started_at=NOON, ended_at=NOON + MINUTE, cause=None)

    assert uptime_chart([point(0)], [window], [], span())["layout"]["annotations"] == []


def test_maintenance_is_hatched_over_its_time() -> None:
    planned = Maintenance(name="Deploy", started_at=NOON, ended_at=NOON + 10 * MINUTE)

    hatched = uptime_chart([], [], [planned], span())["data"][-1]

    assert (hatched["x"], hatched["width"]) == (["2026-01-01T12:05:00"], [600_000.0])
    assert hatched["marker"]["pattern"]["shape"] == "/"


def test_times_are_in_the_readers_zone() -> None:
    there = Span(since=NOON, until=NOON + MINUTE, gap_seconds=180, zone=ZoneInfo("Asia/Kolkata"))

    assert uptime_chart([point(0)], [], [], there)["data"][2]["x"] == ["2026-01-01T17:30:00"]


def applied(before: dict[str, Any], patch: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """The browser's data after the patch, computed as chart.js does."""
    drop, end = patch["drop"], patch["drop"] + patch["keep"]
    told = {}
    for index, changed in patch["series"].items():
        trace = before["data"][int(index)]
        told[int(index)] = {"x": trace["x"][drop:end] + patch["x"]} | {
            name: trace[name][drop:end] + values for name, values in changed.items()
        }
    return told


def test_the_patch_turns_the_earlier_figure_into_the_later() -> None:
    points = [point(minute) for minute in range(5)]
    before = uptime_chart(points, [], [], span(5))
    changed_end = [*points[1:4], point(4, 90.0), point(5, 95.0)]
    after = uptime_chart(changed_end, [], [], span(6, since=1))

    patch = extension(before, after)

    assert patch is not None
    assert (patch["drop"], patch["keep"], len(patch["x"])) == (1, 3, 2)
    for index, trace in applied(before, patch).items():
        assert trace == {name: after["data"][index][name] for name in trace}
    assert patch["layout"]["xaxis"]["range"] == after["layout"]["xaxis"]["range"]


def test_another_axis_needs_a_redraw() -> None:
    before = uptime_chart([point(0), point(1)], [], [], span(2))
    after = uptime_chart([point(0), point(1), point(2, 6_000.0)], [], [], span(2))

    assert after["layout"]["yaxis"]["ticktext"][1] == "2 s"
    assert extension(before, after) is None


def test_the_phases_axis_reaches_their_sum() -> None:
    figure = uptime_chart([point(0, 5_000.0, phases=(900.0,) * 5)], [], [], span(), by_phase=True)

    assert figure["layout"]["yaxis"]["ticktext"][-2] == "5 s"


def test_another_span_has_no_patch() -> None:
    before = uptime_chart([point(0), point(1)], [], [], span(2))

    assert extension(before, uptime_chart([point(30), point(31)], [], [], span(32, since=30))) is None
    assert extension(before, uptime_chart([point(0), point(1)], [], [], span(2), by_phase=True)) is None


def test_maintenance_that_changed_has_no_patch() -> None:
    planned = Maintenance(name="Deploy", started_at=NOON, ended_at=NOON + MINUTE)

    before, after = uptime_chart([point(0)], [], [], span()), uptime_chart([point(0)], [], [planned], span())

    assert extension(before, after) is None


@pytest.mark.parametrize(
    ("points", "words"),
    [([], "No checks in this period"), ([point(0, None)], "No check got a response in this period")],
    ids=["unchecked", "unanswered"],
)
def test_an_empty_chart_has_a_text_and_no_axis(points: list[Point], words: str) -> None:
    layout = uptime_chart(points, [], [], span())["layout"]

    assert [note["text"] for note in layout["annotations"]] == [words]
    assert layout["yaxis"]["showticklabels"] is False
    assert uptime_chart([point(0)], [], [], span())["layout"]["annotations"] == []
