"""The form of a monthly report by e-mail."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from zoneinfo import available_timezones

from dashboard.components.dialogs import opened_form
from dashboard.components.fields import Field, Fields

FormValues = dict[str, Any]
Choices = Sequence[tuple[str, str]]
RECIPIENTS = Field(
    name="recipients", label="To (one address per line)", kind="lines", hint="client@example.org", rows=3
)
SENT = "Sent at 06:00 in this time zone on the first of each month, for the previous month."


def open_report_form(
    heading: str,
    values: FormValues,
    submit: Callable[[FormValues, FormValues], Awaitable[None]],
    *,
    channels: Choices,
    tags: Sequence[str],
) -> None:
    """Open the form.

    Args:
        heading: The dialog's heading.
        values: The report's fields.
        submit: Gets the report's fields, and those that the form opened with; may raise `WatchwrightError`.
        channels: E-mail channels to choose from, as keys and names.
        tags: Tags to choose from.
    """
    fields = Fields()
    subjects = (("", "all websites"), *((tag, f"websites with the tag {tag}") for tag in tags))
    zones = tuple(sorted(available_timezones()))

    async def save() -> None:
        await submit(fields_of(fields.typed()), fields.as_filled(fields_of))

    with opened_form(heading, fields, save):
        fields.draw(RECIPIENTS)
        fields.draw(Field(name="tag", label="Of", kind="choice", choices=subjects))
        fields.draw(Field(name="channel_id", label="Through", kind="choice", choices=tuple(channels)))
        fields.draw(Field(name="timezone", label="Time zone", hint="UTC", proposed=zones, note=SENT))
        fields.fill(values)


def fields_of(typed: FormValues) -> FormValues:
    """Return the typed fields of a report."""
    return {
        "recipients": typed["recipients"],
        "tag": typed["tag"] or None,
        "channel_id": typed["channel_id"],
        "timezone": typed["timezone"].strip() or "UTC",
    }
