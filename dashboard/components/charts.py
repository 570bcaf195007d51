"""The Plotly layout that all charts share."""

from typing import Any

FONT = "Inter Variable, system-ui, sans-serif"


def layout(*, height: int, **more: Any) -> dict[str, Any]:
    """Return a Plotly layout without logo, legend, background and border; *more* is merged into it."""
    base: dict[str, Any] = {
        "height": height,
        "margin": {"l": 58, "r": 14, "t": 8, "b": 46},
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
