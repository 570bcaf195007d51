"""What the charts share: one quiet Plotly layout in the theme's colours, and how its time axis is read."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from dashboard.components.chart import Chart

FONT = "Inter Variable, system-ui, sans-serif"


def layout(*, height: int, **more: Any) -> dict[str, Any]:
    """A Plotly layout without logo, legend, background or border; *more* is merged into it."""
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 58, "r": 14, "t": 8, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": "zoom",
        "font": {"size": 12, "family": FONT, "color": "$muted"},
        "hoverlabel": {"bgcolor": "$surface", "bordercolor": "$border", "font": {"family": FONT, "color": "$text"}},
        "uirevision": "kept",
    }
    return base | more


def time_axis(since: datetime, until: datetime, zone: tzinfo, **more: Any) -> dict[str, Any]:
    """A time axis from *since* to *until* by the clocks of *zone*."""
    axis: dict[str, Any] = {
        "type": "date",
        "range": [on_axis(since, zone), on_axis(until, zone)],
        "autorange": False,
        "showgrid": False,
        "gridcolor": "$hairline",
        "zeroline": False,
        "nticks": 9,
        "ticks": "outside",
        "ticklen": 6,  # keeps the first of them clear of the other axis's zero
        "tickcolor": "rgba(0,0,0,0)",
        "hoverformat": "%a %-d %b %Y, %H:%M",
        "tickformatstops": [
            {"dtickrange": [None, 60_000], "value": "%H:%M:%S"},
            {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%-d %b"},
            {"dtickrange": [86_400_000, "M1"], "value": "%-d %b"},
            {"dtickrange": ["M1", None], "value": "%b %Y"},
        ],
    }
    return axis | more


def on_axis(moment: datetime, zone: tzinfo) -> str:
    """*moment* as a place on a time axis: Plotly draws the digits that it is given, so they are the reader's."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat()


def off_axis(digits: str, zone: tzinfo) -> datetime | None:
    """The moment of a place on a time axis, as Plotly tells it; None when it is none."""
    try:
        return datetime.fromisoformat(digits.strip().replace(" ", "T")[:26]).replace(tzinfo=zone)
    except ValueError:
        return None


def draw(figure: dict[str, Any], label: str, on_open: Callable[[int], None] | None = None) -> Chart:
    """Put a figure on the page; *label* says to a screen reader what it shows."""
    return Chart(figure, label, on_open=on_open)
