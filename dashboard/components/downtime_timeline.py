"""The Plotly figure of one website's downtime timeline. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from dashboard.components.charts import layout
from dashboard.components.time_axis import TimeAxis
from dashboard.components.uptime_data import Downtime, Maintenance, joined
from dashboard.components.uptime_hover import downtime_hover, plain

MIN_WIDTH = 1 / 250  # of the axis: the least width of a bar, so that a window of seconds shows within a month
MIN_OPACITY = 60  # percent opacity: a paler bar would be lost on a shaded ground
LINE_HEIGHT = 30  # px


def downtime_timeline(
    windows: Sequence[Downtime],
    maintenance: Sequence[Maintenance],
    *,
    since: datetime,
    until: datetime,
    zone: tzinfo,
) -> dict[str, Any]:
    """Return a Plotly figure of *windows* and *maintenance*. A bar's ``customdata`` is the window's id."""
    bars = joined(windows, since=since, until=until)
    axis = TimeAxis(since=since, until=until, zone=zone)
    return {
        "data": [
            _bars(
                [(since, until - since)],
                axis,
                width=0.12,
                marker={"color": "$border"},  # neutral: it does not claim that the website was up
                hoverinfo="skip",
            ),
            _bars(
                [
                    _cut(maintenance_window.started_at, maintenance_window.ended_at, since, until)
                    for maintenance_window in maintenance
                ],
                axis,
                width=0.5,
                marker={
                    "color": "$info/12",
                    "cornerradius": 3,
                    "pattern": {"shape": "/", "fgcolor": "$info", "bgcolor": "$info/12", "size": 6, "solidity": 0.2},
                },
                text=[f"Maintenance: {plain(maintenance_window.name)}" for maintenance_window in maintenance],
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
            height=60 + LINE_HEIGHT,
            barmode="overlay",
            hovermode="closest",
            margin={"l": 58, "r": 14, "t": 4, "b": 46},
            xaxis=axis.drawn(showgrid=True),
            yaxis={"fixedrange": True, "showgrid": False, "zeroline": False, "showticklabels": False},
        ),
    }


def tone(window: Downtime, until: datetime) -> str:
    """Return the colour of a bar. A bar of several windows is the paler, the less of its time was downtime."""
    return "$down" if window.times == 1 else f"$down/{max(round(100 * window.share(until)), MIN_OPACITY)}"


def drawn(start: datetime, end: datetime, since: datetime, until: datetime) -> tuple[datetime, timedelta]:
    """Return a bar's start and length, wide enough to be seen and within the axis."""
    first, length = _cut(start, end, since, until)
    length = max(length, (until - since) * MIN_WIDTH)
    return min(first, until - length), length


def _bars(places: Sequence[tuple[datetime, timedelta]], axis: TimeAxis, **more: Any) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": ["downtime"] * len(places),  # all on one line
        "base": [axis.place(start) for start, _length in places],
        "x": [length.total_seconds() * 1_000 for _start, length in places],
        **more,
    }


def _cut(start: datetime, end: datetime, since: datetime, until: datetime) -> tuple[datetime, timedelta]:
    first = max(start, since)
    return first, max(min(end, until) - first, timedelta(0))
