"""The Plotly figure of the downtime of many websites: a line each, shaded where several were down at once. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from core.clock import utc_at
from dashboard.components.charts import layout
from dashboard.components.downtime_timeline import LINE_HEIGHT, drawn, tone
from dashboard.components.shortened_name import shortened_name, width_em
from dashboard.components.time_axis import TimeAxis
from dashboard.components.uptime_data import Downtime, joined
from dashboard.components.uptime_hover import downtime_hover, plain
from dashboard.format import duration

MIN_TOGETHER = 3  # websites down at once; fewer may be chance
TOP = 62  # px: for the axis, and the counts below
FONT_PX = 12
BESIDE_PX = 18  # between a name and the axis
NAME_EM, NARROW_NAME_EM = 22.0, 9.5  # the most room for a name, in times the font size
LABEL = 0.22  # share of the axis that a count's label needs on a narrow screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One website on the axis."""

    name: str
    windows: Sequence[Downtime]
    maintenance: Sequence[tuple[float, float]] = ()
    """Start and end of each, in seconds since 1970."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """A time in which several websites were down at once."""

    started_at: datetime
    ended_at: datetime
    websites: int
    """The largest number during that time."""


def together(lines: Sequence[Line], *, until: datetime, least: int = MIN_TOGETHER) -> list[Together]:
    """Return the times at which at least *least* websites were down, in order."""
    edges = sorted(
        (moment, change)
        for line in lines
        for window in line.windows
        for moment, change in ((window.started_at, 1), (window.ended_at or until, -1))
    )
    found: list[Together] = []
    down, most, began = 0, 0, None
    for moment, change in edges:
        down += change
        if began is None and down >= least:
            began, most = moment, down
        elif began is not None:
            most = max(most, down)
            if down < least:
                found.append(Together(started_at=began, ended_at=moment, websites=most))
                began = None
    return found


def labelled(shades: Sequence[Together], room: timedelta) -> list[Together]:
    """Return the shades whose labels have *room*; those with most websites come first."""
    chosen: list[Together] = []
    for candidate in sorted(shades, key=lambda shade: (-shade.websites, shade.started_at)):
        if all(abs(candidate.started_at - other.started_at) >= room for other in chosen):
            chosen.append(candidate)
    return chosen


def downtime_overview(lines: Sequence[Line], *, since: datetime, until: datetime, zone: tzinfo = UTC) -> dict[str, Any]:
    """Return a Plotly figure with *lines* from top to bottom. A bar's ``customdata`` is the window's id."""
    names = [str(number) for number in range(len(lines))]  # unique keys, as two websites may have the same name
    room = min(max((width_em(line.name) for line in lines), default=0.0), NAME_EM)
    span = until - since
    axis = TimeAxis(since=since, until=until, zone=zone)
    bars = [
        (name, window)
        for name, line in zip(names, lines, strict=True)
        for window in joined(line.windows, since=since, until=until)
    ]
    places = [drawn(window.started_at, window.ended_at or until, since, until) for _name, window in bars]
    quiet = [
        (name, drawn(utc_at(start), utc_at(end), since, until))
        for name, line in zip(names, lines, strict=True)
        for start, end in line.maintenance
    ]
    return {
        "data": [
            _bars(names, [(since, span)] * len(names), axis, color="$muted/25", width=0.06) | {"hoverinfo": "skip"},
            _bars([name for name, _ in quiet], [place for _, place in quiet], axis, color="$info/70", width=0.5)
            | {"hovertemplate": "Maintenance<extra></extra>"},
            _bars(
                [name for name, _ in bars],
                places,
                axis,
                color=[tone(window, until) for _name, window in bars],
                width=0.5,
            )
            | {
                "customdata": [window.window_id for _name, window in bars],
                "text": [downtime_hover(window, until) for _name, window in bars],
                "textposition": "none",
                "hovertemplate": "%{text}<extra></extra>",
            },
        ],
        "layout": layout(
            height=TOP + LINE_HEIGHT * max(len(names), 1),
            barmode="overlay",
            hovermode="closest",
            margin={"l": _margin(room), "r": 92, "t": 42, "b": 18},
            meta={"narrow": {"l": _margin(min(room, NARROW_NAME_EM)), "ticktext": _names(lines, NARROW_NAME_EM)}},
            xaxis=axis.drawn(side="top", showgrid=True, fixedrange=True, nticks=8),
            yaxis={
                "autorange": "reversed",
                "fixedrange": True,
                "showgrid": False,
                "tickvals": names,
                "ticktext": _names(lines, NAME_EM),
                "type": "category",
                "zeroline": False,
                "ticks": "",
            },
            shapes=[_shade(shade, axis) for shade in together(lines, until=until)],
            annotations=[
                *(_total(name, line, since, until) for name, line in zip(names, lines, strict=True)),
                *(_count(shade, axis) for shade in labelled(together(lines, until=until), (until - since) * LABEL)),
            ],
        ),
    }


def _bars(
    names: Sequence[str],
    places: Sequence[tuple[datetime, timedelta]],
    axis: TimeAxis,
    *,
    color: str | list[str],
    width: float,
) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(names),
        "base": [axis.place(start) for start, _length in places],
        "x": [length.total_seconds() * 1_000 for _start, length in places],
        "width": width,
        "marker": {"color": color, "cornerradius": 3},
    }


def _total(name: str, line: Line, since: datetime, until: datetime) -> dict[str, Any]:
    lengths = (min(w.ended_at or until, until) - max(w.started_at, since) for w in line.windows)
    seconds = sum(length.total_seconds() for length in lengths)
    text = duration(seconds) if seconds > 0 else "–"
    beside = {"xref": "paper", "x": 1.0, "xanchor": "left", "xshift": 12, "showarrow": False}
    return {**beside, "y": name, "yref": "y", "text": text}


def _shade(shade: Together, axis: TimeAxis) -> dict[str, Any]:
    start, end = axis.place(max(shade.started_at, axis.since)), axis.place(shade.ended_at)
    across = {"type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1}
    return {**across, "x0": start, "x1": end, "fillcolor": "$down/9", "line": {"width": 0}, "layer": "below"}


def _count(shade: Together, axis: TimeAxis) -> dict[str, Any]:
    return {
        "xref": "x",
        "yref": "paper",
        "x": axis.place(max(shade.started_at, axis.since)),
        "y": 0,
        "xanchor": "left",
        "yanchor": "top",
        "showarrow": False,
        "text": f"×{shade.websites}",  # short: on a narrow screen two days take 40 px
        "hovertext": f"{shade.websites} websites were down at once",
        "font": {"color": "$down-text", "size": 11},
    }


def _margin(room_em: float) -> int:
    return round(room_em * FONT_PX) + BESIDE_PX


def _names(lines: Sequence[Line], room_em: float) -> list[str]:
    """Plotly interprets some HTML tags in its texts, so they are removed."""
    return [plain(shortened_name(line.name, room_em)) for line in lines]
