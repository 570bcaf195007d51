"""A text area that grows with its text."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.control import Control
from dashboard.components.elements import text


def text_area(label: str, value: str | None, *, rows: int, may_type: bool) -> Element:
    """Draw it with at least *rows* lines. Its ``value`` prop is its text."""
    with ui.element("div").classes("ww-field"):
        text("span", label, "ww-secondary").props("aria-hidden=true")  # the area itself has the aria-label
        area = Control("textarea").classes("ww-textarea ww-grows").style(f"--rows: {rows}")
    area.props(f"rows={rows} maxlength=20000")
    area.props["aria-label"] = label
    area.props["value"] = value or ""
    if not may_type:
        area.props("readonly")
    return area
