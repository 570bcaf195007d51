"""The action buttons of a website's page: check, pause, edit, delete, start a debug session."""

from collections.abc import Callable
from typing import Any

from nicegui import ui

from core.accounts.actor import Permission
from core.schemas import WebsiteUpdate
from core.schemas.option_secrets import mask_check_options
from core.schemas.session_options import SessionOptions
from core.services.website_secrets import masked_url
from dashboard.actions import sessions, websites
from dashboard.actions.trial import Trial, attempt
from dashboard.components.elements import button, only_for, text
from dashboard.components.session_form import open_session_form
from dashboard.components.small_dialogs import confirm
from dashboard.components.website_form import WebsiteForm
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error, succeeds
from dashboard.parsing.changed_fields import changed_fields
from dashboard.queries.website import Facts
from dashboard.runtime import Runtime


class WebsiteActions:
    """The buttons. *facts* returns the website's current facts."""

    def __init__(self, runtime: Runtime, facts: Callable[[], Facts]) -> None:
        self._runtime = runtime
        self._facts = facts
        self._website_id = facts().website.id
        self.is_deleting = False
        """Whether this reader deletes the website, and is about to leave the page."""

    def draw(self) -> None:
        """Draw the buttons."""
        with ui.element("div").classes("ww-actions"):
            self._pause = only_for(Permission.WRITE, button(self._pause_label(), self._pause_or_resume))
            for words, do in (("Check now", self._check_now), ("Edit", self.open_edit), ("Delete", self._ask_delete)):
                only_for(Permission.WRITE, button(words, do))
            self._debug_button()

    def refresh(self) -> None:
        """Update the labels. No button is removed, as somebody may be about to press it."""
        if self._pause.props.get("textContent") != self._pause_label():
            self._pause.props["textContent"] = self._pause_label()

    def open_edit(self) -> None:
        """Open the form that edits the website."""
        website = self._facts().website
        names = WebsiteUpdate.model_fields.keys() - {"tags"}
        options = website.check_options and mask_check_options(website.check_options)
        shown = {name: getattr(website, name) for name in names}
        shown |= {"tags": self._facts().tags, "url": masked_url(website.url), "check_options": options}
        WebsiteForm("Edit website", shown, self._change, self._try, action="Save")

    def _pause_label(self) -> str:
        return "Pause" if self._facts().website.is_active else "Resume"

    def _debug_button(self) -> None:
        reason = self._runtime.sessions.unavailable_reason()
        if not may(Permission.DEBUG):
            return
        start = button("Start debug session", self._start_session, kind="ww-primary", hint=reason or "")
        if reason:
            start.props("disabled")
            text("span", reason, "ww-muted")
        else:
            words = "Options of a debug session"
            button("…", self._open_options, hint=words, says=words)

    async def _pause_or_resume(self) -> None:
        await notify_on_error(websites.change(self._website_id, {"is_active": not self._facts().website.is_active}))

    async def _check_now(self) -> None:
        await notify_on_error(websites.check_now(self._runtime.monitor, self._website_id))

    async def _change(self, values: dict[str, Any], opened: dict[str, Any]) -> None:
        await websites.change(self._website_id, changed_fields(values, opened))

    async def _try(self, values: dict[str, Any]) -> Trial:
        return await attempt(values, self._runtime.settings, website_id=self._website_id)

    def _ask_delete(self) -> None:
        name = self._facts().website.name
        consequence = "Its checks, downtime windows and debug sessions are deleted with it. This cannot be undone."
        confirm(f"Delete {name}?", consequence, "Delete website", self._delete)

    async def _delete(self) -> None:
        self.is_deleting = True
        self.is_deleting = await succeeds(websites.remove(self._website_id))
        if self.is_deleting:
            ui.navigate.to("/")

    def _open_options(self) -> None:
        options = SessionOptions.usable(self._facts().website.session_defaults or {})
        open_session_form(options, self._start_with, self._keep_options)

    async def _start_with(self, options: SessionOptions) -> None:
        session_id = await sessions.start(self._runtime.sessions, self._website_id, options=options)
        ui.navigate.to(f"/debug-sessions/{session_id}")

    async def _keep_options(self, options: SessionOptions) -> None:
        values = options.model_dump(mode="json", exclude_defaults=True)
        await websites.change(self._website_id, {"session_defaults": values or None})
        ui.notify("Saved. Debug sessions of this website now start with these options.")

    async def _start_session(self) -> None:
        session_id = await notify_on_error(sessions.start(self._runtime.sessions, self._website_id))
        if session_id is not None:
            ui.navigate.to(f"/debug-sessions/{session_id}")
