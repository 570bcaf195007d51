"""The downtime timeline: each window on a time axis, a line for each website. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from dashboard.components.charts import layout, on_axis
from dashboard.components.uptime_chart import DOWN_EDGE, Downtime
from dashboard.format import duration

NARROWEST = 1 / 250  # of the axis: a window of seconds in a month must still be seen
LINE_HEIGHT = 30  # px
TRACK = "rgba(128, 140, 160, 0.25)"  # a place in time, not a claim that it was up


def downtime_timeline(
    windows: Mapping[str, Sequence[Downtime]], *, since: datetime, until: datetime, zone: tzinfo = UTC
) -> dict[str, Any]:
    """A Plotly figure of the downtime *windows* of each website, by its name, in the order given.

    A bar's ``customdata`` is the window's id, for a click to open it.
    """
    names = list(windows)
    bars = [(name, window) for name, several in windows.items() for window in several]
    drawn = [_drawn(window, since, until) for _name, window in bars]
    return {
        "data": [
            {
                "type": "bar",
                "orientation": "h",
                "y": names,
                "base": [on_axis(since, zone)] * len(names),
                "x": [(until - since).total_seconds() * 1_000] * len(names),
                "width": 0.12,
                "marker": {"color": TRACK},
                "hoverinfo": "skip",
            },
            {
                "type": "bar",
                "orientation": "h",
                "y": [name for name, _window in bars],
                "base": [on_axis(start, zone) for start, _width in drawn],
                "x": [width.total_seconds() * 1_000 for _start, width in drawn],
                "width": 0.5,
                "marker": {"color": DOWN_EDGE, "cornerradius": 3},
                "customdata": [window.window_id for _name, window in bars],
                "text": [_hover(window, until) for _name, window in bars],
                "textposition": "none",
                "hovertemplate": "%{text}<extra></extra>",
            },
        ],
        "layout": layout(
            height=54 + LINE_HEIGHT * max(len(names), 1),
            barmode="overlay",
            hovermode="closest",
            margin={"l": 14 if len(names) == 1 else 140, "r": 14, "t": 4, "b": 40},
            xaxis={"type": "date", "range": [on_axis(since, zone), on_axis(until, zone)], "zeroline": False},
            yaxis={
                "autorange": "reversed",
                "fixedrange": True,
                "showgrid": False,
                "showticklabels": len(names) > 1,
                "ticklabeloverflow": "hide past div",
                "automargin": False,
            },
        ),
    }


def _drawn(window: Downtime, since: datetime, until: datetime) -> tuple[datetime, timedelta]:
    start, end = max(window.started_at, since), min(window.ended_at or until, until)
    return start, max(end - start, (until - since) * NARROWEST)


def _hover(window: Downtime, until: datetime) -> str:
    """Plotly draws a few HTML tags in hover texts: what came from a website must not contain any."""
    lasted = duration(((window.ended_at or until) - window.started_at).total_seconds())
    words = f"Down for {lasted}" + ("" if window.ended_at else " so far")
    cause = (window.cause or "").replace("<", "‹").replace(">", "›")[:160]
    return f"{words}<br>{cause}" if cause else words
