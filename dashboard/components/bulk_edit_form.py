"""The form to change many websites at once. Empty fields leave the websites unchanged."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from nicegui import ui

from core.errors import InvalidInput
from core.phrases import counted
from dashboard.components.dialogs import opened_form
from dashboard.components.fields import Field, Fields

Submit = Callable[[Sequence[int], dict[str, Any]], Awaitable[None]]
EVIDENCE = (("", "unchanged"), ("yes", "yes"), ("no", "no"))
FIELDS = (
    Field(name="check_interval", label="Check every (seconds)", kind="number", hint="unchanged"),
    Field(name="timeout", label="Timeout (seconds)", kind="number", hint="unchanged"),
    Field(
        name="auto_debug", label="Record debug sessions automatically", kind="choice", choices=EVIDENCE, is_wide=True
    ),
)


def open_bulk_edit_form(website_ids: Sequence[int], now: Mapping[str, str], submit: Submit) -> None:
    """Open the form for these websites as a dialog.

    Args:
        website_ids: The websites.
        now: A sentence per field about the current values.
        submit: Gets the website ids and the fields to change; may raise `WatchwrightError`.
    """
    fields = Fields()

    async def save() -> None:
        await submit(website_ids, fields_of(fields.typed()))

    with opened_form(f"Edit {counted(len(website_ids), 'website')}", fields, save):
        with ui.element("div").classes("ww-fieldset"):
            for field in FIELDS:
                fields.draw(replace(field, note=now.get(field.name, "")))
        fields.fill({"auto_debug": ""})


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
