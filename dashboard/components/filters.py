"""Filters of a list, whose state is in the page's URL, and a pager."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from dashboard.components.elements import text
from dashboard.components.select import Select


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One filter; its first option selects everything."""

    name: str
    """The URL's parameter."""
    label: str
    options: Sequence[tuple[str, str]]
    """Values and labels; the value of "all" is empty."""


def address(path: str, chosen: Mapping[str, str | int | None]) -> str:
    """Return *path* with those of *chosen* that have a value as its query."""
    query = urlencode({name: value for name, value in chosen.items() if value not in (None, "")})
    return f"{path}?{query}" if query else path


def filters(path: str, choices: Sequence[Choice], chosen: Mapping[str, str]) -> None:
    """Draw a row of filters. A choice opens *path* with that choice in its query, on the first page."""
    with ui.element("form").classes("ww-filters").props("role=search aria-label=Filters"):
        for choice in choices:
            _select(path, choice, chosen)
        if any(chosen.values()):
            ui.link("Show all", path).classes("ww-secondary")


def _select(path: str, choice: Choice, chosen: Mapping[str, str]) -> None:
    def choose(event: Any) -> None:
        ui.navigate.to(address(path, {**chosen, choice.name: str(event.args)}))

    box = Select(choice.options, chosen.get(choice.name, ""))
    box.on("change", choose, js_handler="(e) => emit(e.target.value)").props["aria-label"] = choice.label


def pager(path: str, chosen: Mapping[str, str], *, page: int, page_size: int, total: int) -> None:
    """Draw the number of the page and links to its neighbours; nothing if there is only one page."""
    pages = -(-total // page_size)
    if pages < 2:
        return
    with ui.element("nav").classes("ww-pager").props('aria-label="Pages"'):
        if page > 1:
            ui.link("Newer", address(path, {**chosen, "page": page - 1 if page > 2 else None})).classes("ww-button")
        text("span", f"Page {page} of {pages}")
        if page < pages:
            ui.link("Older", address(path, {**chosen, "page": page + 1})).classes("ww-button")
