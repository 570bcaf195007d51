"""What the charts share: one quiet Plotly layout, whose colours the style sheet sets for both themes."""

from datetime import datetime, tzinfo
from typing import Any

from nicegui import ui

CONFIG = {"displayModeBar": False, "responsive": True, "doubleClick": "reset+autosize"}


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
        "font": {"size": 12, "family": "Inter Variable, system-ui, sans-serif"},
        "uirevision": "kept",  # a reader's zoom survives new data
    }
    return base | more


def on_axis(moment: datetime, zone: tzinfo) -> str:
    """*moment* as a place on a time axis: Plotly draws the digits that it is given, so they are the reader's."""
    return moment.astimezone(zone).replace(tzinfo=None).isoformat()


def draw(figure: dict[str, Any], label: str) -> ui.plotly:
    """Put a figure on the page; *label* says to a screen reader what it shows."""
    chart = ui.plotly({**figure, "config": CONFIG}).classes("ww-chart")
    chart.props["role"] = "img"
    chart.props["aria-label"] = label
    return chart
