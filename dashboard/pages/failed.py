"""What a reader sees when a page could not be drawn: that it is our failure, and what to do; never the error itself."""

from nicegui import app, ui

from dashboard.components.elements import text
from dashboard.frame import frame
from dashboard.runtime import Runtime


def register(_runtime: Runtime) -> None:
    """Answer for pages whose drawing failed; NiceGUI logs why, and sends what is drawn here with status 500."""
    app.on_page_exception(draw)


def draw() -> None:
    """The page in place of the one that failed."""
    with frame("Something went wrong"), ui.element("div").classes("ww-empty").props("role=alert"):
        text("h1", "This page could not be drawn")
        text("p", "The fault is ours, and the server's log says what it was. Checks go on meanwhile.")
        with ui.element("div").classes("ww-actions"):
            ui.link("Try again", "").classes("ww-button ww-primary")
            ui.link("Go to the overview", "/").classes("ww-button")
