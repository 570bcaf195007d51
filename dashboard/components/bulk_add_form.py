"""A dialog to add many websites from a list of addresses. Refused lines stay in the field, with their reasons."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from nicegui import ui

from core.errors import InvalidInput
from core.importers.lists import Line, is_header, lines_of
from core.phrases import counted
from core.schemas.tag import MAX_TAG
from dashboard.actions.websites import as_names
from dashboard.components.busy_controls import on_submit
from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Field, Fields

MAX_ADDRESSES = 1_000  # addresses
MAX_SHOWN = 20  # refused lines
FIELDS = (
    Field(
        name="lines",
        label="Addresses (one per line)",
        kind="area",
        hint="https://example.com",
        note="A name may follow each address. Or paste spreadsheet cells whose first row is url, name, tags.",
        rows=10,
    ),
    Field(name="tags", label="Tags for all of them (comma-separated)"),
)


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
        self._fields = Fields()
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog ww-tall"):
            self._dialog.props("aria-label='Add several websites'")
            text("h2", "Add several websites")
            with ui.element("form").classes("ww-form ww-scrolls").props("novalidate") as form:
                for field in FIELDS:
                    self._fields.draw(field)
                self._outcome = ui.element("div").props("role=status")
                with ui.element("div").classes("ww-actions ww-foot"):
                    self._fields.draw_rest()
                    ui.element("div").classes("ww-grow")
                    button("Close", self._dialog.close)
                    submit_button("Add websites")
            on_submit(form, self._add)

    def open(self) -> None:
        """Open the dialog. Lines that were refused the last time are still in it."""
        self._dialog.open()

    async def _add(self) -> None:
        self._outcome.clear()
        await self._fields.attempt(self._add_all)

    async def _add_all(self) -> None:
        typed = self._fields.typed()
        lines = list(dict.fromkeys(line.strip() for line in typed["lines"].splitlines() if line.strip()))
        listed, tags = lines_of(lines), as_names(typed["tags"])
        _check(listed, tags)
        refused = await self._submit(listed, tags)
        left = [lines[refusal.line.number - 1] for refusal in refused]
        self._fields.put("lines", "\n".join([*lines[:1], *left] if left and is_header(lines[0]) else left))
        if not refused:
            self._dialog.close()
            ui.notify(f"Added {counted(len(listed), 'website')}.", type="positive")
            return
        with self._outcome:
            text("div", f"{len(listed) - len(refused):,} added, {len(refused):,} rejected:", "ww-secondary")
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


def _check(listed: Sequence[Line], tags: Sequence[str]) -> None:
    wrong = {}
    if not 1 <= len(listed) <= MAX_ADDRESSES:
        wrong["lines"] = f"Enter 1 to {MAX_ADDRESSES:,} addresses, one per line."
    if unfit := next((tag for tag in tags if len(tag) > MAX_TAG), None):
        wrong["tags"] = f"A tag has at most {MAX_TAG} characters, and {unfit[:20]}… has {len(unfit):,}."
    if wrong:
        raise InvalidInput.of_each(wrong)
