"""Filters of a list, whose state is in the page's URL, and a pager."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from nicegui import ui

from dashboard.components.elements import text
from dashboard.components.select import Select

IN_PLACE = "(e) => { if (e.ctrlKey || e.metaKey || e.shiftKey) return; e.preventDefault(); emit(); }"
"""Keeps the page, unless the reader opens the link in another tab or window."""


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


class Filters:
    """A row of filters."""

    def __init__(
        self,
        path: str,
        choices: Sequence[Choice],
        chosen: Mapping[str, str],
        choose: Callable[[dict[str, str]], object] | None = None,
    ) -> None:
        """Draw the row.

        Args:
            path: The page's path.
            choices: The filters.
            chosen: The chosen values by name.
            choose: Called with the new values by name. If None, *path* is opened with them, on the first page.
        """
        self._chosen = dict(chosen)
        self._choose = choose or (lambda wanted: ui.navigate.to(address(path, wanted)))
        with ui.element("form").classes("ww-filters").props("role=search aria-label=Filters") as self.row:
            self._boxes = {choice.name: self._select(choice) for choice in choices}
            self._all = ui.link("Show all", path).classes("ww-secondary")
        self._all.set_visibility(any(self._chosen.values()))
        if choose is not None:
            self._all.on("click", lambda: choose({}), js_handler=IN_PLACE)

    def show(self, chosen: Mapping[str, str]) -> None:
        """Show these values."""
        self._chosen = dict(chosen)
        for name, box in self._boxes.items():
            box.props["value"] = self._chosen.get(name, "")
        self._all.set_visibility(any(self._chosen.values()))

    def _select(self, choice: Choice) -> Select:
        value = self._chosen.get(choice.name, "")
        unknown = [] if value in (key for key, _label in choice.options) else [(value, "Unknown")]  # such as deleted
        box = Select([*choice.options, *unknown], value)
        box.on(
            "change",
            lambda event: self._choose({**self._chosen, choice.name: str(event.args)}),
            js_handler="(e) => emit(e.target.value)",
        )
        box.props["aria-label"] = choice.label
        return box


def pager(
    path: str,
    chosen: Mapping[str, str],
    *,
    page: int,
    page_size: int,
    total: int,
    turn: Callable[[int], object] | None = None,
) -> None:
    """Draw the number of the page and links to its neighbours; nothing if there is only one page.

    Args:
        path: The page's path.
        chosen: The other values of the query, by name.
        page: The number of the shown page, from 1.
        page_size: Entries per page.
        total: Entries on all pages.
        turn: Called with the number of the wanted page. If None, the link is followed.
    """
    pages = -(-total // page_size)
    if pages < 2:
        return

    def link(words: str, number: int) -> None:
        neighbour = ui.link(words, address(path, {**chosen, "page": number if number > 1 else None}))
        neighbour.classes("ww-button")
        if turn is not None:
            neighbour.on("click", lambda: turn(number), js_handler=IN_PLACE)

    with ui.element("nav").classes("ww-pager").props('aria-label="Pages"'):
        if page > 1:
            link("Newer", min(page - 1, pages))
        text("span", f"Page {page} of {pages}")
        if page < pages:
            link("Older", page + 1)
