"""The Plotly figure of a website's response times, with downtime shaded and maintenance hatched. Pure."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

from dashboard.components.charts import layout
from dashboard.components.response_axis import response_axis
from dashboard.components.uptime_data import Downtime, Maintenance, Point, Span, joined
from dashboard.components.uptime_hover import hover

HEIGHT = 306
PHASES = ("dns", "connect", "tls", "waiting", "download")
PHASE_WORDS = {"dns": "DNS", "connect": "Connect", "tls": "TLS", "waiting": "Waiting", "download": "Download"}
NAMED = 1 / 24  # of the axis: the least width of a downtime that gets a label
SPARSE = 48  # points: up to this number each gets a marker, so that a single one shows
MOVING = ("range", "tickvals", "ticktext")  # parts of the time axis that change with time
UPRIGHT = {"type": "scatter", "connectgaps": False}


def uptime_chart(
    points: Sequence[Point],
    windows: Sequence[Downtime],
    maintenance: Sequence[Maintenance],
    span: Span,
    *,
    by_phase: bool = False,
) -> dict[str, Any]:
    """Return a Plotly figure of *points*: the median with a band up to the 95th percentile, or stacked phases."""
    series = with_gaps(points, span.gap_seconds)
    times = [span.axis.place(at) for at, _point in series]
    known = [point for _at, point in series]
    median = {
        **UPRIGHT,
        "x": times,
        "y": [point.p50_ms if point else None for point in known],
        "text": [hover(point, span.zone) if point else "" for point in known],
        "hovertemplate": "%{text}<extra></extra>",
    }
    drawn = _phases(times, known, median, span) if by_phase else _response(times, known, median, len(points))
    shaded = joined(windows, since=span.since, until=span.until)
    highest = _highest(points, by_phase)
    return {
        "data": [*drawn, _hatched(maintenance, span)],
        "layout": layout(
            height=HEIGHT,
            barmode="stack",
            bargap=0,
            # Without a title Plotly shows a bucket's middle, which may be on another day; each point has its own time.
            xaxis=span.axis.drawn(unifiedhovertitle={"text": " "}),
            yaxis=response_axis(highest),
            yaxis2={"overlaying": "y", "range": [0, 1], "visible": False, "fixedrange": True},
            shapes=[shape for window in shaded for shape in _shaded(window, span)],
            annotations=[
                *(word for window in shaded for word in _named(window, span)),
                *([] if highest is not None else [_nothing(len(points))]),
            ],
        ),
    }


def extension(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any] | None:
    """Return the patch that turns the figure *before* into *after* if only time has passed; None if it must be redrawn.

    ``drop`` points are removed at the start, ``keep`` stay, and ``x`` and each trace's values are appended.
    """
    if not _is_drawn_alike(before, after):
        return None
    old, new = (figure["data"][:-1] for figure in (before, after))
    lead = next(index for index, trace in enumerate(new) if "text" in trace)
    old_rows, new_rows = _rows(old, lead), _rows(new, lead)
    drop = next((index for index, row in enumerate(old_rows) if new_rows and row[0] == new_rows[0][0]), None)
    if drop is None:
        return None
    pairs = list(zip(old_rows[drop:], new_rows, strict=False))
    keep = next((index for index, (was, is_) in enumerate(pairs) if was != is_), len(pairs))
    series = {
        str(index): {name: trace[name][keep:] for name in ("y", "text") if name in trace}
        for index, trace in enumerate(new)
    }
    return {
        "drop": drop,
        "keep": keep,
        "x": new[lead]["x"][keep:],
        "series": {index: values for index, values in series.items() if values},
        "layout": {
            "shapes": after["layout"]["shapes"],
            "annotations": after["layout"]["annotations"],
            "xaxis": {name: value for name, value in after["layout"]["xaxis"].items() if name in MOVING},
        },
    }


def _is_drawn_alike(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Return whether both figures have the same traces, axes and maintenance (the last trace)."""
    one, other = before["layout"], after["layout"]
    return (
        len(before["data"]) == len(after["data"])
        and before["data"][-1] == after["data"][-1]
        and one["yaxis"] == other["yaxis"]
        and one["xaxis"].keys() == other["xaxis"].keys()  # otherwise the clocks change within one of them
    )


def with_gaps(points: Sequence[Point], gap_seconds: float) -> list[tuple[datetime, Point | None]]:
    """Return the points with their positions, and None between two that are too far apart to connect."""
    series: list[tuple[datetime, Point | None]] = [(point.middle, point) for point in points[:1]]
    for before, point in pairwise(points):
        if (point.middle - before.middle).total_seconds() > gap_seconds:
            series.append((before.middle + (point.middle - before.middle) / 2, None))
        series.append((point.middle, point))
    return series


def _rows(traces: Sequence[dict[str, Any]], lead: int) -> list[tuple[Any, ...]]:
    columns = [trace["y"] for trace in traces if "y" in trace]
    return list(zip(traces[lead]["x"], traces[lead]["text"], *columns, strict=True))


def _response(times: list[str], known: list[Point | None], median: dict[str, Any], count: int) -> list[dict[str, Any]]:
    slow = [point.p95_ms if point else None for point in known]
    edge = {"width": 0.8, "color": "$accent/45"}
    lines = "lines+markers" if count <= SPARSE else "lines"
    return [
        # The script fills this shape between the two lines, as Plotly's own fill would cross the gaps.
        {**UPRIGHT, "meta": {"band": [1, 2]}, "line": {"width": 0}, "fill": "toself", "fillcolor": "$accent/16",
         "mode": "lines", "hoverinfo": "skip"},
        {**UPRIGHT, "x": times, "y": slow, "mode": "lines", "line": edge, "hoverinfo": "skip"},
        median | {"mode": lines, "marker": {"size": 4, "color": "$accent"}, "line": {"width": 1.7, "color": "$accent"}},
    ]  # fmt: skip


def _phases(times: list[str], known: list[Point | None], median: dict[str, Any], span: Span) -> list[dict[str, Any]]:
    widths = [point.seconds for point in known if point and point.seconds]
    seconds = min(widths, default=0.0) or max((span.until - span.since).total_seconds() / 240, 1.0)
    stacked = [
        {
            "type": "bar",
            "x": times,
            "y": [point.phases[number] if point else None for point in known],
            "width": seconds * 1_000,
            "marker": {"color": f"$phase-{phase}", "line": {"width": 0}},
            "hoverinfo": "skip",
        }
        for number, phase in enumerate(PHASES)
    ]
    return [*stacked, median | {"mode": "lines", "line": {"width": 0, "color": "$accent"}}]


def _hatched(maintenance: Sequence[Maintenance], span: Span) -> dict[str, Any]:
    """Return hatched bars as high as the chart, as Plotly's shapes cannot be hatched."""
    cut = [
        (max(maintenance_window.started_at, span.since), min(maintenance_window.ended_at, span.until))
        for maintenance_window in maintenance
    ]
    cut = [(start, end) for start, end in cut if start < end]
    return {
        "type": "bar",
        "x": [span.axis.place(start + (end - start) / 2) for start, end in cut],
        "y": [1] * len(cut),
        "width": [(end - start).total_seconds() * 1_000 for start, end in cut],
        "yaxis": "y2",
        "marker": {
            "color": "$info/8",
            "line": {"width": 0},
            "pattern": {"shape": "/", "fgcolor": "$info/45", "bgcolor": "$info/8", "size": 9, "solidity": 0.12},
        },
        "hoverinfo": "skip",
    }


def _highest(points: Sequence[Point], by_phase: bool) -> float | None:
    """Return the highest value drawn; None if there is none."""
    answered = [point for point in points if point.p50_ms is not None]
    if by_phase:
        return max((sum(phase or 0 for phase in point.phases) for point in answered), default=None)
    return max((max(point.p50_ms or 0, point.p95_ms or 0) for point in answered), default=None)


def _label(window: Downtime) -> str:
    return "Down" if window.times == 1 else f"Down {window.times:,} times"


def _nothing(count: int) -> dict[str, Any]:
    """Return the annotation of a chart without data."""
    words = "No check got a response in this period" if count else "No checks in this period"
    middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5}
    return {**middle, "text": words, "showarrow": False, "font": {"size": 13}}


def _edges(window: Downtime, span: Span) -> tuple[datetime, datetime] | None:
    start, end = max(window.started_at, span.since), min(window.ended_at or span.until, span.until)
    return (start, end) if start < end else None


def _shaded(window: Downtime, span: Span) -> list[dict[str, Any]]:
    edges = _edges(window, span)
    if edges is None:
        return []
    start, end = (span.axis.place(at) for at in edges)
    share = window.share(span.until)
    place = {"type": "rect", "xref": "x", "yref": "paper", "x0": start, "x1": end}
    return [
        place
        | {"y0": 0, "y1": 1, "fillcolor": f"$down/{max(round(14 * share), 3)}", "line": {"width": 0}, "layer": "below"},
        place | {"y0": 0, "y1": 0.015, "fillcolor": "$down", "line": {"width": 1, "color": "$down"}},
    ]


def _named(window: Downtime, span: Span) -> list[dict[str, Any]]:
    edges = _edges(window, span)
    if edges is None or edges[1] - edges[0] < (span.until - span.since) * NAMED:
        return []
    return [
        {
            "x": span.axis.place(edges[0]), "y": 1, "xref": "x", "yref": "paper", "xanchor": "left",
            "yanchor": "top", "text": _label(window), "showarrow": False, "font": {"size": 11, "color": "$down-text"},
        }
    ]  # fmt: skip
