"""Search results as groups of links."""

from collections.abc import Sequence

from nicegui import ui

from core.schemas.search import SearchFound, SearchHit
from dashboard.components.elements import card_head, moment, text

GROUPS = (
    ("websites", "Websites"),
    ("windows", "Downtime"),
    ("checks", "Check errors"),
    ("sessions", "Debug sessions"),
    ("requests", "Requests"),
)


def link_of(hit: SearchHit) -> str:
    """Return the page that shows *hit*."""
    if hit.session_id is not None:
        row = f"?row={hit.exchange_id}" if hit.exchange_id else ""
        return f"/debug-sessions/{hit.session_id}{row}"
    return f"/downtime/{hit.window_id}" if hit.window_id is not None else f"/websites/{hit.website_id}"


def search_results(found: SearchFound, *, limit: int) -> None:
    """Draw a card for each kind with hits; *limit* is the number of hits requested per kind."""
    for name, title in GROUPS:
        hits: Sequence[SearchHit] = getattr(found, name)
        if hits:
            with ui.element("section").classes("ww-card"):
                card_head(
                    title,
                    f"{len(hits)}" if len(hits) < limit else f"first {limit} shown; add words to narrow the search",
                )
                with ui.element("div").classes("ww-windows"):
                    for hit in hits:
                        _hit(hit)


def _hit(hit: SearchHit) -> None:
    with ui.link(target=link_of(hit)), ui.element("div").classes("ww-what"):
        with ui.element("b"):
            text("span", hit.website if hit.session_id is None else f"{hit.website}, session {hit.session_id}")
        with ui.element("span").classes("ww-found"):
            text("small", hit.where, "ww-muted")
            text("span", f" {hit.before}")
            text("mark", hit.match)
            text("span", hit.after)
        if hit.at is not None:
            with ui.element("span").classes("ww-muted"):
                moment(hit.at, is_long=True)
                if hit.count > 1:
                    text("span", f", {hit.count} times recently")
