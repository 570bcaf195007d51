"""Filters of a list, whose state is in the page's URL, and a pager."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from nicegui import ui

from core.phrases import isolated, shortened
from dashboard.components.elements import text
from dashboard.components.select import Select

MAX_SHOWN = 40  # characters of an unknown value
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


def known(choices: Sequence[Choice], chosen: Mapping[str, str]) -> dict[str, str]:
    """Return those of *chosen* that are options. The others, such as a deleted website, must not filter the list."""
    offered = {choice.name: {value for value, _label in choice.options} for choice in choices}
    return {name: value for name, value in chosen.items() if value in offered.get(name, (value,))}


class Filters:
    """A row of filters, with a note if the URL has unknown ones."""

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
            chosen: The chosen values by name. Unknown ones are named in the note, and not shown as chosen.
            choose: Called with the new values by name. If None, *path* is opened with them, on the first page.
        """
        self._choices = choices
        self.applied: dict[str, str] = {}
        """The chosen values that are options."""
        self._choose = choose or (lambda wanted: ui.navigate.to(address(path, wanted)))
        with ui.element("form").classes("ww-filters").props("role=search aria-label=Filters") as self.row:
            self._boxes = {choice.name: self._select(choice) for choice in choices}
            self._all = ui.link("Clear filters", path).classes("ww-secondary")
            self._note = text("span", "", "ww-is-degraded-text ww-breaks").props("role=status")
        self.show(chosen)
        if choose is not None:
            self._all.on("click", lambda: choose({}), js_handler=IN_PLACE)

    def show(self, chosen: Mapping[str, str]) -> None:
        """Show these values."""
        self.applied = known(self._choices, chosen)
        for name, box in self._boxes.items():
            box.props["value"] = self.applied.get(name, "")
        self._all.set_visibility(any(chosen.values()))
        self._note.props["textContent"] = unknown_words(self._choices, chosen)

    def _select(self, choice: Choice) -> Select:
        box = Select(choice.options)
        box.on(
            "change",
            lambda event: self._choose({**self.applied, choice.name: str(event.args)}),
            js_handler="(e) => emit(e.target.value)",
        )
        box.props["aria-label"] = choice.label
        return box


def unknown_words(choices: Sequence[Choice], chosen: Mapping[str, str]) -> str:
    """Return a note that names the values of *chosen* that are no options; "" if there are none."""
    valid = known(choices, chosen)
    wrong = [
        f"{choice.label.lower()} “{isolated(shortened(chosen[choice.name], MAX_SHOWN))}”"
        for choice in choices
        if chosen.get(choice.name) and choice.name not in valid
    ]
    return f"Unknown filter{'s' if len(wrong) > 1 else ''}, not applied: {', '.join(wrong)}." if wrong else ""


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
