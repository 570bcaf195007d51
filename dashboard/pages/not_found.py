"""The page for addresses that do not exist."""

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from nicegui import Client, app, ui
from nicegui.page import page

from dashboard.frame import frame
from dashboard.runtime import Runtime


def register(_runtime: Runtime) -> None:
    """Answer requests that no page matches."""

    @app.exception_handler(404)
    @app.exception_handler(RequestValidationError)  # such as /websites/abc, where an id is expected
    async def answer(request: Request, _error: Exception) -> Response:
        return not_found(request, "Page not found", "The address may be mistyped, or the item was deleted.")


def not_found(request: Request, heading: str, advice: str) -> Response:
    """Return a page with status 404, a *heading* and *advice*."""
    with Client(page(""), request=request) as client:
        with frame(heading), ui.element("div").classes("ww-empty"):
            ui.element("h1").props["textContent"] = heading
            ui.element("p").props["textContent"] = advice
            ui.link("Go to the overview", "/").classes("ww-button")
        return client.build_response(request, 404)
