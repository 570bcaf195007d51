"""A dialog for a monthly report by e-mail."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from zoneinfo import available_timezones

from nicegui import ui

from dashboard.components.elements import button, submit_button, text
from dashboard.components.fields import Field, Fields, on_save

FormValues = dict[str, Any]
Choices = Sequence[tuple[str, str]]
SENT = "Sent at 06:00 in this time zone on the first of each month, for the previous month."


class ReportDialog:
    """A dialog for a new report or a stored one."""

    def __init__(self, submit: Callable[[FormValues, FormValues], Awaitable[None]]) -> None:
        """Args:
        submit: Gets the report's fields, and those that the dialog opened with; may raise `WatchwrightError`.
        """
        self._submit = submit
        self._values: FormValues = {}
        self._channels: Choices = ()
        self._tags: Choices = ()
        self._heading = ""
        with (
            ui.dialog().props("aria-label='Monthly report'") as self._dialog,
            ui.element("div").classes("ww-card ww-dialog"),
        ):
            self._form()

    def open(self, heading: str, values: FormValues, *, channels: Choices, tags: Sequence[str]) -> None:
        """Open the dialog with *values*, and e-mail *channels* and *tags* to choose from."""
        self._heading, self._values, self._channels = heading, values, channels
        self._tags = (("", "all websites"), *((tag, f"websites with the tag {tag}") for tag in tags))
        self._form.refresh()
        self._dialog.open()

    @ui.refreshable_method
    def _form(self) -> None:
        self._fields = fields = Fields()
        zones = tuple(sorted(available_timezones()))
        text("h2", self._heading)
        with ui.element("form").classes("ww-form").props("novalidate") as form:
            fields.draw(
                Field(
                    name="recipients",
                    label="To (one address per line)",
                    kind="lines",
                    hint="client@example.org",
                    rows=3,
                )
            )
            fields.draw(Field(name="tag", label="Of", kind="choice", choices=tuple(self._tags)))
            fields.draw(Field(name="channel_id", label="Through", kind="choice", choices=tuple(self._channels)))
            fields.draw(Field(name="timezone", label="Time zone", hint="UTC", proposed=zones, note=SENT))
            fields.draw_rest()
            with ui.element("div").classes("ww-actions"):
                button("Cancel", self._dialog.close)
                submit_button("Save")
        fields.fill(self._values)
        on_save(form, self._dialog, self._fields, self._save)

    async def _save(self) -> None:
        await self._submit(fields_of(self._fields.typed()), self._fields.as_filled(fields_of))


def fields_of(typed: FormValues) -> FormValues:
    """Return the typed fields of a report."""
    return {
        "recipients": typed["recipients"],
        "tag": typed["tag"] or None,
        "channel_id": typed["channel_id"],
        "timezone": typed["timezone"].strip() or "UTC",
    }
