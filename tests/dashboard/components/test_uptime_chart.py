"""The uptime chart draws what is known, and joins nothing across a gap."""

from datetime import UTC, datetime, timedelta

from core.services.statistics import SeriesPoint
from dashboard.components.uptime_chart import Downtime, uptime_chart

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def point(minute: int, mean: float | None = 100.0, slowest: float | None = 150.0) -> SeriesPoint:
    return SeriesPoint(
        started_at=NOON + minute * MINUTE, seconds=60, checks=1, down=0, degraded=0, unknown=0, response_ms=mean,
        slowest_ms=slowest, p50_ms=mean, p95_ms=slowest, dns_ms=None, connect_ms=None, tls_ms=None, ttfb_ms=None,
        download_ms=None,
    )  # fmt: skip


def test_the_band_is_a_shape_for_each_run_and_closes_before_the_gap() -> None:
    points = [point(0), point(1), point(60), point(61)]

    band = uptime_chart(points, [], since=NOON, until=NOON + 62 * MINUTE, gap_seconds=180)["data"][0]

    assert band["y"] == [150.0, 150.0, 100.0, 100.0, None] * 2
    assert band["fill"] == "toself"


def test_the_line_is_broken_where_nothing_is_known() -> None:
    line = uptime_chart([point(0), point(60)], [], since=NOON, until=NOON + 62 * MINUTE, gap_seconds=180)["data"][-1]

    assert line["y"] == [100.0, None, 100.0]
    assert line["connectgaps"] is False


def test_a_point_without_an_answer_leaves_the_band_open() -> None:
    points = [point(0), point(1, mean=None, slowest=None), point(2)]

    band = uptime_chart(points, [], since=NOON, until=NOON + 3 * MINUTE, gap_seconds=180)["data"][0]

    assert band["y"] == [150.0, 100.0, None, 150.0, 100.0, None]


def test_an_open_window_is_shaded_until_now() -> None:
    window = Downtime(window_id=7, started_at=NOON + MINUTE, ended_at=None, cause="no answer")

    shapes = uptime_chart([], [window], since=NOON, until=NOON + 9 * MINUTE, gap_seconds=180)["layout"]["shapes"]

    assert [(shape["x0"], shape["x1"]) for shape in shapes] == [("2026-01-01T12:01:00", "2026-01-01T12:09:00")] * 2
