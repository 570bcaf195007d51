"""The page shown when drawing a page fails. It never shows the error itself."""

from nicegui import app, ui

from core.store_availability import is_store_unavailable, unavailability
from dashboard.components.elements import text
from dashboard.frame import frame
from dashboard.runtime import Runtime


def register(_runtime: Runtime) -> None:
    """Install the error page. NiceGUI logs the error and sends this page with status 500."""
    app.on_page_exception(draw)


def draw(error: Exception) -> None:
    """Draw the page in place of the one that failed."""
    why = (
        unavailability(error, otherwise="")
        if is_store_unavailable(error)
        else "The fault is in Watchwright. Checks continue."
    )
    with frame("Something went wrong"), ui.element("div").classes("ww-empty").props("role=alert"):
        text("h1", "This page could not be shown")
        text("p", f"{why} See the server log for details.")
        with ui.element("div").classes("ww-actions"):
            ui.link("Try again", "").classes("ww-button ww-primary")
            ui.link("Go to the overview", "/").classes("ww-button")
