"""The downtime timeline: each window on a time axis, on one line. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dashboard.components.charts import layout
from dashboard.components.time_axis import TimeAxis
from dashboard.components.uptime_data import Downtime, Maintenance, joined
from dashboard.components.uptime_hover import downtime_hover, plain

NARROWEST = 1 / 250  # of the axis: a window of seconds in a month must still be seen
PALEST = 60  # percent: less would be lost in what befell several at once
LINE_HEIGHT = 30  # px


def downtime_timeline(
    windows: Sequence[Downtime],
    maintenance: Sequence[Maintenance],
    *,
    since: datetime,
    until: datetime,
    zone: tzinfo,
) -> dict[str, Any]:
    """A Plotly figure of a website's downtime *windows*, over its *maintenance*.

    A bar's ``customdata`` is the window's id, for a click to open it.
    """
    bars = joined(windows, since=since, until=until)
    axis = TimeAxis(since=since, until=until, zone=zone)
    return {
        "data": [
            _bars(
                [(since, until - since)],
                axis,
                width=0.12,
                marker={"color": "$border"},  # a place in time, not a claim that it was up
                hoverinfo="skip",
            ),
            _bars(
                [_cut(one.started_at, one.ended_at, since, until) for one in maintenance],
                axis,
                width=0.5,
                marker={
                    "color": "$info/12",
                    "cornerradius": 3,
                    "pattern": {"shape": "/", "fgcolor": "$info", "bgcolor": "$info/12", "size": 6, "solidity": 0.2},
                },
                text=[f"Maintenance: {plain(one.name)}" for one in maintenance],
                textposition="none",
                hovertemplate="%{text}<extra></extra>",
            ),
            _bars(
                [drawn(bar.started_at, bar.ended_at or until, since, until) for bar in bars],
                axis,
                width=0.5,
                marker={"color": [tone(bar, until) for bar in bars], "cornerradius": 3},
                customdata=[bar.window_id for bar in bars],
                text=[downtime_hover(bar, until) for bar in bars],
                textposition="none",
                hovertemplate="%{text}<extra></extra>",
            ),
        ],
        "layout": layout(
            height=54 + LINE_HEIGHT,
            barmode="overlay",
            hovermode="closest",
            margin={"l": 58, "r": 14, "t": 4, "b": 40},
            xaxis=axis.drawn(showgrid=True),
            yaxis={"fixedrange": True, "showgrid": False, "zeroline": False, "showticklabels": False},
        ),
    }


def tone(window: Downtime, until: datetime) -> str:
    """The colour of a window's bar, or of many's: the paler, the less of its time it was down."""
    return "$down" if window.times == 1 else f"$down/{max(round(100 * window.share(until)), PALEST)}"


def drawn(start: datetime, end: datetime, since: datetime, until: datetime) -> tuple[datetime, timedelta]:
    """From where and how long a window is drawn: wide enough to be seen, and within the axis, also if it just began."""
    first, length = _cut(start, end, since, until)
    length = max(length, (until - since) * NARROWEST)
    return min(first, until - length), length


def _bars(places: Sequence[tuple[datetime, timedelta]], axis: TimeAxis, **more: Any) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": ["downtime"] * len(places),  # one line
        "base": [axis.place(start) for start, _length in places],
        "x": [length.total_seconds() * 1_000 for _start, length in places],
        **more,
    }


def _cut(start: datetime, end: datetime, since: datetime, until: datetime) -> tuple[datetime, timedelta]:
    first = max(start, since)
    return first, max(min(end, until) - first, timedelta(0))
