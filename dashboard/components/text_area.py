"""A field for a few sentences, as tall as what stands in it."""

from nicegui import ui
from nicegui.element import Element

from dashboard.components.control import Control
from dashboard.components.elements import text


def text_area(label: str, value: str | None, *, rows: int, may_type: bool) -> Element:
    """Draw it, at least *rows* lines tall; its ``value`` prop is what stands in it."""
    with ui.element("div").classes("ww-field"):
        text("span", label, "ww-secondary").props("aria-hidden=true")  # the field itself carries the name
        area = Control("textarea").classes("ww-textarea ww-grows").style(f"--rows: {rows}")
    area.props(f"rows={rows} maxlength=20000")
    area.props["aria-label"] = label
    area.props["value"] = value or ""
    if not may_type:
        area.props("readonly")
    return area
