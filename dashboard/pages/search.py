"""/search: search results as a page that can be shared."""

from nicegui import ui

from core.database import in_session
from core.services.search import search
from dashboard.components.elements import submit_button, text
from dashboard.components.search_results import search_results
from dashboard.components.url_prefix import prefixed
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.runtime import Runtime

LIMIT = 50  # hits per kind
MAX_LENGTH = 200


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/search", title="Search · Watchwright", response_timeout=DRAW_SECONDS)
    async def search_page(q: str = "") -> None:
        words = q.strip()[:MAX_LENGTH]
        found = await in_session(search, words, limit=LIMIT)
        with frame(f"Search: {words}" if words else "Search"):
            text("h1", "Search")
            with ui.element("form").classes("ww-filters").props("role=search") as form:
                form.props["action"] = prefixed("/search")
                field = (
                    ui.element("input").classes("ww-input ww-search-field").props("type=search name=q maxlength=200")
                )
                field.props["^value"] = words  # as an attribute: a property would overwrite what the reader types
                field.props["aria-label"] = "Search for"
                submit_button("Search")
            if words and not found.total:
                text("p", "No results in websites, downtime, errors, requests or headers.", "ww-secondary")
            elif not words:
                text("p", "Search websites, downtime, errors, requests and headers.", "ww-secondary")
            search_results(found, limit=LIMIT)
