"""The uptime chart: response time over time, downtime shaded, gaps left open. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from dashboard.components.charts import layout, on_axis
from dashboard.format import milliseconds

if TYPE_CHECKING:
    from core.services.statistics import SeriesPoint

LINE = "#6c66f0"  # readable on both grounds: a figure does not know the reader's theme
BAND = "rgba(108, 102, 240, 0.16)"
DOWN = "rgba(226, 61, 72, 0.16)"
DOWN_EDGE = "rgba(226, 61, 72, 0.9)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """A downtime window as the charts need it."""

    window_id: int
    started_at: datetime
    ended_at: datetime | None
    """None while it is open: it is drawn until now."""
    cause: str | None


def uptime_chart(
    points: Sequence[SeriesPoint],
    windows: Sequence[Downtime],
    *,
    since: datetime,
    until: datetime,
    gap_seconds: float,
    zone: tzinfo = UTC,
) -> dict[str, Any]:
    """A Plotly figure of *points* from *since* to *until*, in the reader's *zone*.

    Points further apart than *gap_seconds* are not joined.
    """
    series = _with_gaps(points, gap_seconds)
    times = [on_axis(at, zone) for at, _point in series]
    mean = [point.response_ms if point else None for _at, point in series]
    hover = [_hover(point) if point else "" for _at, point in series]
    common = {"x": times, "type": "scatter", "mode": "lines", "connectgaps": False}
    return {
        "data": [
            common | _band(series, zone),
            common
            | {
                "y": mean,
                "mode": "lines+markers" if len(points) < 40 else "lines",
                "marker": {"size": 4, "color": LINE},
                "line": {"width": 1.6, "color": LINE},
                "text": hover,
                "hovertemplate": "%{text}<extra></extra>",
            },
        ],
        "layout": layout(
            height=280,
            xaxis={
                "type": "date",
                "range": [on_axis(since, zone), on_axis(until, zone)],
                "showgrid": False,
                "zeroline": False,
            },
            yaxis={"rangemode": "tozero", "ticksuffix": " ms", "nticks": 6, "zeroline": False, "fixedrange": True},
            shapes=[shape for window in windows for shape in _shaded(window, since, until, zone)],
        ),
    }


def _with_gaps(points: Sequence[SeriesPoint], gap_seconds: float) -> list[tuple[datetime, SeriesPoint | None]]:
    series: list[tuple[datetime, SeriesPoint | None]] = []
    for before, point in pairwise([None, *points]):
        assert point is not None
        if before is not None and (point.started_at - before.started_at).total_seconds() > gap_seconds:
            series.append((before.started_at + (point.started_at - before.started_at) / 2, None))
        series.append((point.started_at, point))
    return series


def _band(series: Sequence[tuple[datetime, SeriesPoint | None]], zone: tzinfo) -> dict[str, Any]:
    """From the mean up to the slowest, a closed shape for each run: Plotly's ``tonexty`` fills across gaps."""
    x: list[Any] = []
    y: list[float | None] = []
    for has_answer, run in groupby(series, key=lambda item: item[1] is not None and item[1].slowest_ms is not None):
        if not has_answer:
            continue
        known = [(on_axis(at, zone), point) for at, point in run if point is not None]
        x += [at for at, _point in known] + [at for at, _point in reversed(known)] + [None]
        y += [point.slowest_ms for _at, point in known] + [point.response_ms for _at, point in reversed(known)] + [None]
    return {"x": x, "y": y, "line": {"width": 0}, "fill": "toself", "fillcolor": BAND, "hoverinfo": "skip"}


def _hover(point: SeriesPoint) -> str:
    parts = [f"{milliseconds(point.response_ms)} mean, {milliseconds(point.slowest_ms)} slowest"]
    phases = (("DNS", point.dns_ms), ("connect", point.connect_ms), ("TLS", point.tls_ms), ("waiting", point.ttfb_ms))
    parts.append(", ".join(f"{name} {milliseconds(value)}" for name, value in phases if value is not None))
    parts.append(f"{point.checks} checks" + (f", {point.down} down" if point.down else ""))
    return "<br>".join(part for part in parts if part)


def _shaded(window: Downtime, since: datetime, until: datetime, zone: tzinfo) -> list[dict[str, Any]]:
    start, end = max(window.started_at, since), min(window.ended_at or until, until)
    if end <= start:
        return []
    edges = {"type": "rect", "xref": "x", "yref": "paper", "x0": on_axis(start, zone), "x1": on_axis(end, zone)}
    return [
        edges | {"y0": 0, "y1": 1, "fillcolor": DOWN, "line": {"width": 0}, "layer": "below"},
        edges | {"y0": 0, "y1": 0.015, "fillcolor": DOWN_EDGE, "line": {"width": 1, "color": DOWN_EDGE}},
    ]
