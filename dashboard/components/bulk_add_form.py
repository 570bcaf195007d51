"""A dialog to add many websites from a list of addresses. Refused lines stay in the field, with their reasons."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from core.importers.lists import Line, is_header, lines_of
from core.phrases import counted
from core.schemas.tag import MAX_TAG
from dashboard.actions.websites import as_names
from dashboard.components.busy_controls import on_submit
from dashboard.components.control import Control
from dashboard.components.elements import button, submit_button, text

MAX_ADDRESSES = 1_000  # addresses
MAX_SHOWN = 20  # refused lines
NOTE = "A name may follow each address. Or paste spreadsheet cells whose first row is url, name, tags."


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that could not be added."""

    line: Line
    reason: str


Submit = Callable[[Sequence[Line], list[str]], Awaitable[list[Refused]]]


class BulkAddDialog:
    """A dialog for pasting addresses."""

    def __init__(self, submit: Submit) -> None:
        """*submit* gets the lines and the tags for all of them, and returns the refused lines."""
        self._submit = submit
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog ww-tall"):
            self._dialog.props("aria-label='Add several websites'")
            text("h2", "Add several websites")
            with ui.element("form").classes("ww-form ww-scrolls").props("novalidate") as form:
                self._lines = self._field("textarea", "Addresses (one per line)", "ww-textarea ww-mono")
                self._lines.props('rows=10 placeholder="https://example.com" data-autofocus')
                text("small", NOTE, "ww-muted")
                self._tags = self._field("input", "Tags for all of them (comma-separated)", "ww-input")
                self._outcome = ui.element("div").props("role=status")
                with ui.element("div").classes("ww-actions ww-foot"):
                    ui.element("div").classes("ww-grow")
                    button("Close", self._dialog.close)
                    submit_button("Add websites")
            on_submit(form, self._add)

    def open(self) -> None:
        """Open the dialog. Lines that were refused the last time are still in it."""
        self._dialog.open()

    @staticmethod
    def _field(tag: str, label: str, classes: str) -> Control:
        with ui.element("label").classes("ww-field"):
            text("span", label, "ww-secondary")
            return Control(tag).classes(classes).props("spellcheck=false autocomplete=off")

    async def _add(self) -> None:
        lines = [line.strip() for line in self._lines.props.get("value", "").splitlines()]
        lines = list(dict.fromkeys(line for line in lines if line))
        listed = lines_of(lines)
        if not 1 <= len(listed) <= MAX_ADDRESSES:
            self._show_outcome([f"Enter 1 to {MAX_ADDRESSES:,} addresses, one per line."], "ww-error")
            return
        tags = as_names(self._tags.props.get("value", ""))
        unfit = next((tag for tag in tags if len(tag) > MAX_TAG), None)
        if unfit:
            self._show_outcome(
                [f"A tag has at most {MAX_TAG} characters, and {unfit[:20]}… has {len(unfit):,}."], "ww-error"
            )
            return
        refused = await self._submit(listed, tags)
        left = [lines[refusal.line.number - 1] for refusal in refused]
        self._lines.props["value"] = "\n".join([*lines[:1], *left] if left and is_header(lines[0]) else left)
        if not refused:
            self._dialog.close()
            ui.notify(f"Added {counted(len(listed), 'website')}.", type="positive")
        added = len(listed) - len(refused)
        self._show_outcome([f"{added:,} added, {len(refused):,} rejected:"] if refused else [], "ww-secondary")
        if refused:
            self._show_refused(refused)

    def _show_refused(self, refused: Sequence[Refused]) -> None:
        with self._outcome, ui.element("ul").classes("ww-refused"):
            for refusal in refused[:MAX_SHOWN]:
                with ui.element("li"):
                    address = refusal.line.address or f"no address: {refusal.line.name or 'empty row'}"
                    text("div", address[:200], "ww-mono ww-ellipsis").props["title"] = address[:2_000]
                    text("div", refusal.reason, "ww-wrong")
            if len(refused) > MAX_SHOWN:
                text("li", f"and {len(refused) - MAX_SHOWN:,} more, listed above", "ww-muted")

    def _show_outcome(self, lines: Sequence[str], kind: str) -> None:
        self._outcome.clear()
        with self._outcome:
            for line in lines:
                text("div", line, kind)
