"""A dialog to change many websites at once. Empty fields leave the websites unchanged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from nicegui import ui

from core.errors import InvalidInput
from core.phrases import counted
from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Field, Fields, on_save

Submit = Callable[[Sequence[int], dict[str, Any]], Awaitable[None]]
EVIDENCE = (("", "unchanged"), ("yes", "yes"), ("no", "no"))


class BulkEditDialog:
    """The dialog for the selected websites."""

    def __init__(self, submit: Submit) -> None:
        """*submit* gets the website ids and the fields to change; may raise `WatchwrightError`."""
        self._submit = submit
        self._ids: Sequence[int] = ()
        self._now: Mapping[str, str] = {}
        with ui.dialog() as self._dialog, ui.element("div").classes("ww-card ww-dialog"):
            self._dialog.props("aria-label='Edit websites'")
            self._form()

    def open(self, website_ids: Sequence[int], now: Mapping[str, str]) -> None:
        """Open the dialog; *now* has a sentence per field about the current values."""
        self._ids, self._now = website_ids, now
        self._form.refresh()
        self._dialog.open()

    @ui.refreshable_method
    def _form(self) -> None:
        self._fields = Fields()
        text("h2", f"Edit {counted(len(self._ids), 'website')}")
        with ui.element("form").classes("ww-form").props("novalidate") as form:
            with ui.element("div").classes("ww-fieldset"):
                self._draw("check_interval", "Check every (seconds)", kind="number", hint="unchanged")
                self._draw("timeout", "Timeout (seconds)", kind="number", hint="unchanged")
                self._draw(
                    "auto_debug", "Record debug sessions automatically", kind="choice", choices=EVIDENCE, is_wide=True
                )
            self._fields.draw_rest()
            with ui.element("div").classes("ww-actions"):
                ui.element("div").classes("ww-grow")
                button("Cancel", self._dialog.close)
                submit_button("Save")
        self._fields.fill({"auto_debug": ""})
        on_save(form, self._dialog, self._fields, self._save)

    def _draw(self, name: str, label: str, **rest: Any) -> None:
        self._fields.draw(Field(name=name, label=label, note=self._now.get(name, ""), **rest))

    async def _save(self) -> None:
        await self._submit(self._ids, fields_of(self._fields.typed()))


def fields_of(typed: Mapping[str, str]) -> dict[str, Any]:
    """Return the typed fields of `WebsiteUpdate`.

    Raises:
        InvalidInput: Nothing was typed.
    """
    values: dict[str, Any] = {
        name: typed[name].strip() for name in ("check_interval", "timeout") if typed[name].strip()
    }
    if typed["auto_debug"]:
        values["auto_debug"] = None if typed["auto_debug"] == "yes" else False
    if not values:
        raise InvalidInput("Change at least one field. Empty fields stay unchanged.")
    return values
