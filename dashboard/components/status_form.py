"""The form of a status page."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from dashboard.components.dialogs import opened_form
from dashboard.components.fields import Field, Fields
from dashboard.components.logo_field import LogoField
from dashboard.components.select import Select

FormValues = dict[str, Any]
Choices = Sequence[tuple[str, str]]
GROUPS_NOTE = (
    "One website per line, by address or name. “tag: acme” adds every website with that tag. “# Shops” starts a group."
)
KEEPS_NOTE = "Leave empty to keep the current password."
MAIL_NOTE = "Needs an e-mail channel under Notifications."


class StatusForm:
    """The form of a new status page or a stored one, opened as a dialog."""

    def __init__(
        self,
        heading: str,
        values: FormValues,
        submit: Callable[[FormValues, FormValues], Awaitable[None]],
        *,
        channels: Choices,
        websites: Choices,
    ) -> None:
        """Args:
        heading: The dialog's heading.
        values: The page's fields, its groups as ``lines``.
        submit: Gets the page's fields, its groups as ``lines``, and the fields that the form opened with; may raise
            `WatchwrightError`.
        channels: E-mail channels for subscribers, as keys and names.
        websites: What the page can show, as form lines and labels.
        """
        self._values, self._submit = values, submit
        self._proposed = ""
        self._fields = fields = Fields(self._propose_address)
        with opened_form(heading, fields, self._save, size="ww-wide ww-tall"):
            with ui.element("div").classes("ww-fieldset"):
                fields.draw(Field(name="title", label="Title", hint="Our shop"))
                fields.draw(Field(name="slug", label="Address: /status/…", hint="our-shop"))
                fields.draw(Field(name="description", label="Description", is_wide=True))
                lines = Field(name="lines", label="Websites", kind="lines", note=GROUPS_NOTE, is_wide=True, rows=9)
                fields.draw(lines)
                if websites:
                    self._picker(websites)
                choices = (("", "no subscriptions"), *channels)
                note = "" if channels else MAIL_NOTE
                label = "E-mail subscribers through"
                fields.draw(Field(name="channel_id", label=label, kind="choice", choices=choices, note=note))
                fields.draw(Field(name="domain", label="Custom domain", hint="status.example.org"))
                note = KEEPS_NOTE if values.get("has_password") else ""
                fields.draw(Field(name="password", label="Password", kind="password", hint="none", note=note))
                fields.draw(Field(name="is_published", label="Published", kind="switch"))
                if values.get("has_password"):
                    fields.draw(Field(name="is_open", label="Remove the password", kind="switch"))
                self._logo = LogoField(values.get("logo"))
            fields.fill(values)

    def _picker(self, websites: Choices) -> None:
        """Draw a list that appends the chosen website or tag to the lines above."""
        picker = Select([("", "Add a website, or a tag …"), *websites], "").classes("ww-across")
        picker.props["aria-label"] = "Add a website to the list"
        handler = "(event) => { emit(event.target.value); event.target.value = element.props.value = ''; }"
        picker.on("change", lambda event: self._add_line(str(event.args)), js_handler=handler)

    def _add_line(self, address: str) -> None:
        lines = self._fields.typed()["lines"]
        if address and address not in lines:
            self._fields.put("lines", "\n".join([*lines, address]))

    def _propose_address(self) -> None:
        """Derive the address from the title until somebody types another one."""
        typed = self._fields.typed()
        if "id" not in self._values and typed["slug"] in ("", self._proposed):
            self._proposed = slug_of(typed["title"])
            self._fields.put("slug", self._proposed)

    async def _save(self) -> None:
        values = fields_of(self._fields.typed()) | {"logo": self._logo.picture}
        await self._submit(values, self._fields.as_filled(fields_of) | {"logo": self._values.get("logo") or None})


def slug_of(title: str) -> str:
    """Return an address for *title*: ASCII letters and digits with hyphens between."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:64].strip("-")


def fields_of(typed: FormValues) -> FormValues:
    """Return the typed fields of a status page; ``password`` only if it changes."""
    values: FormValues = {name: typed[name].strip() or None for name in ("description", "domain")}
    values |= {name: typed[name].strip() for name in ("title", "slug")}
    values |= {"lines": typed["lines"], "is_published": typed["is_published"]}
    values["channel_id"] = int(typed["channel_id"]) if typed["channel_id"] else None
    if typed["password"]:
        values["password"] = typed["password"]
    elif typed.get("is_open"):
        values["password"] = None
    return values
