"""The figure of many websites' downtime."""

from datetime import timedelta

from dashboard.components.downtime_overview import Line, Together, downtime_overview, labelled, together
from dashboard.components.uptime_data import Downtime
from tests.factories import at

SINCE, UNTIL = at(0), at(86_400)


def line(*spans: tuple[float, float | None], name: str = "Shop") -> Line:
    windows = [
        Downtime(window_id=n, started_at=at(start), ended_at=None if end is None else at(end), cause="<b>refused")
        for n, (start, end) in enumerate(spans, 1)
    ]
    return Line(name=name, windows=windows)


def test_three_websites_down_at_once_are_found() -> None:
    lines = [line((0, 100), (500, 600)), line((50, 200)), line((60, 90)), line((70, 80), (550, None))]

    assert together(lines, until=at(1_000)) == [Together(started_at=at(60), ended_at=at(90), websites=4)]
    assert len(together(lines, until=at(1_000), least=2)) == 2


def test_adjacent_windows_do_not_overlap() -> None:
    assert together([line((0, 10)), line((10, 20)), line((10, 20))], until=at(99)) == []


def test_of_overlapping_labels_the_largest_count_stays() -> None:
    few, most, later = (
        Together(started_at=at(start), ended_at=at(start + 10), websites=websites)
        for start, websites in ((0, 3), (50, 6), (500, 4))
    )

    assert labelled([few, most, later], timedelta(seconds=100)) == [most, later]


def test_a_short_window_is_visible_and_inside_the_axis() -> None:
    figure = downtime_overview([line((-500, 3_000), (40_000, 40_001))], since=SINCE, until=UNTIL)

    bars = figure["data"][2]
    assert bars["base"][0] == at(0).replace(tzinfo=None).isoformat()
    assert bars["x"] == [3_000_000, timedelta(days=1).total_seconds() * 1_000 / 250]
    assert bars["customdata"] == [1, 2]


def test_names_are_escaped_and_equal_names_get_separate_lines() -> None:
    figure = downtime_overview([line((1, 2), name="<i>a & b"), line((1, 2), name="<i>a & b")], since=SINCE, until=UNTIL)

    assert figure["layout"]["yaxis"]["ticktext"] == ["‹i›a &amp; b", "‹i›a &amp; b"]  # drawn as &amp;
    assert len(set(figure["data"][2]["y"])) == 2
    assert "<b>" not in "".join(figure["data"][2]["text"])


def test_names_get_the_room_they_need_and_less_on_narrow_screens() -> None:
    short = downtime_overview([line((1, 2), name="Docs")], since=SINCE, until=UNTIL)["layout"]
    long = downtime_overview([line((1, 2), name="Nordlicht Hotels staging")], since=SINCE, until=UNTIL)["layout"]

    assert short["margin"]["l"] == short["meta"]["narrow"]["l"] < 60
    assert long["yaxis"]["ticktext"] == ["Nordlicht Hotels staging"]
    assert long["margin"]["l"] > long["meta"]["narrow"]["l"] == 132
    assert "…" in long["meta"]["narrow"]["ticktext"][0]


def test_each_line_says_how_long_it_was_down_within_the_axis() -> None:
    figure = downtime_overview([line((-3_600, 7_200)), line()], since=SINCE, until=UNTIL)

    assert [note["text"] for note in figure["layout"]["annotations"]] == ["2 h", "–"]
