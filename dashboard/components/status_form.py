"""Asking for a status page: its name and address, what it shows, and who may see it."""

import re
import unicodedata
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from core.errors import WatchwrightError
from dashboard.components.elements import button, text
from dashboard.components.fields import Field, Fields
from dashboard.components.logo_field import LogoField
from dashboard.components.press import on_submit

Given = dict[str, Any]
GROUPS_NOTE = "One website a line, by address or name; a line such as # Shops begins a group."
KEEPS_NOTE = "Empty: it stays as it is."
MAIL_NOTE = "By e-mail, once there is a channel of that kind under Notifications."


class StatusDialog:
    """A dialog for a new status page or a stored one."""

    def __init__(self, submit: Callable[[Given], Awaitable[None]]) -> None:
        """*submit* gets the page's fields, its groups as ``lines``; may raise `WatchwrightError`."""
        self._submit = submit
        self._heading = ""
        self._values: Given = {}
        self._channels: Sequence[tuple[str, str]] = ()
        with (
            ui.dialog().props("aria-label='Status page'") as self._dialog,
            ui.element("div").classes("ww-card ww-dialog ww-wide"),
        ):
            self._form()

    def open(self, heading: str, values: Given, *, channels: Sequence[tuple[str, str]]) -> None:
        """Show the dialog with *values* filled in; *channels* are those by which subscribers can be told."""
        self._heading, self._values, self._channels = heading, values, channels
        self._form.refresh()
        self._dialog.open()

    @ui.refreshable_method
    def _form(self) -> None:
        self._fields = fields = Fields(self._propose_address)
        self._proposed = ""
        text("h2", self._heading)
        with ui.element("form").classes("ww-form").props("novalidate") as form:
            with ui.element("div").classes("ww-fieldset"):
                fields.draw(Field(name="title", label="Title", hint="Our shop"))
                fields.draw(Field(name="slug", label="Address: /status/…", hint="our-shop"))
                fields.draw(Field(name="description", label="Description", is_wide=True))
                lines = Field(name="lines", label="Websites", kind="lines", note=GROUPS_NOTE, is_wide=True, rows=9)
                fields.draw(lines)
                choices = (("", "nobody can subscribe"), *self._channels)
                note = "" if self._channels else MAIL_NOTE
                label = "Subscribers are told by"
                fields.draw(Field(name="channel_id", label=label, kind="choice", choices=choices, note=note))
                fields.draw(Field(name="domain", label="Own domain", hint="status.example.org"))
                note = KEEPS_NOTE if self._values.get("has_password") else ""
                fields.draw(Field(name="password", label="Password", kind="password", hint="none", note=note))
                fields.draw(Field(name="is_published", label="Published", kind="switch"))
                if self._values.get("has_password"):
                    fields.draw(Field(name="is_open", label="Take the password away", kind="switch"))
                self._logo = LogoField(self._values.get("logo"))
            self._error = text("div", "", "ww-error").props("role=alert")
            with ui.element("div").classes("ww-actions"):
                button("Cancel", self._dialog.close)
                text("button", "Save", "ww-button ww-primary").props("type=submit")
        fields.fill(self._values)
        on_submit(form, self._go)

    def _propose_address(self) -> None:
        """Let the address follow the title until somebody gives another one."""
        typed = self._fields.typed()
        if "id" not in self._values and typed["slug"] in ("", self._proposed):
            self._proposed = slug_of(typed["title"])
            self._fields.put("slug", self._proposed)

    async def _go(self) -> None:
        try:
            await self._submit(given_of(self._fields.typed()) | {"logo": self._logo.picture})
        except WatchwrightError as problem:
            self._error.props["textContent"] = self._fields.refuse(problem)
        else:
            self._dialog.close()


def slug_of(title: str) -> str:
    """An address for a page called *title*: its letters without marks, its digits, and hyphens between."""
    plain = unicodedata.normalize("NFKD", title.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:64].strip("-")


def given_of(typed: Given) -> Given:
    """The fields of a status page of what was *typed*; a password only where one was."""
    given: Given = {name: typed[name].strip() or None for name in ("description", "domain")}
    given |= {name: typed[name].strip() for name in ("title", "slug")}
    given |= {"lines": typed["lines"], "is_published": typed["is_published"]}
    given["channel_id"] = int(typed["channel_id"]) if typed["channel_id"] else None
    if typed["password"]:
        given["password"] = typed["password"]
    elif typed.get("is_open"):
        given["password"] = None
    return given
