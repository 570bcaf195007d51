"""/downtime/{id}: one downtime window, from its first failing check to its notes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from fastapi import Request, Response
from nicegui import ui

from core import signals
from core.accounts.actor import Permission
from core.clock import utc_now
from core.database import in_session
from core.models import DebugSession, DowntimeWindow, MonitorCheck, Website
from core.schemas import DowntimeWindowUpdate
from core.services import DebugSessionCRUD, DowntimeWindowCRUD, MonitorCheckCRUD, WebsiteCRUD
from dashboard import downtime_notes, theme
from dashboard.components.checks_table import checks_table
from dashboard.components.elements import badge, button, card_head, moment, only_for, text
from dashboard.components.session_list import session_list
from dashboard.components.window_list import lasted
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.pages.not_found import not_found
from dashboard.runtime import Runtime
from dashboard.website_actions import tell_problem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_CHECKS = 200  # rows of the table; a longer window shows its newest


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/downtime/{window_id}", response_timeout=DRAW_SECONDS)
    async def window_page(request: Request, window_id: int) -> Response | None:
        state = await in_session(load, window_id)
        if state is None:
            return not_found(request, f"There is no downtime window {window_id}", "It may have been deleted.")
        page = WindowPage(state)
        with frame(f"Downtime of {state.website.name}", active="/downtime"):
            page.draw()
        ui.context.client.on_delete(signals.window_changed.connect(page.on_change))
        ui.timer(1.0, page.catch_up)
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowState:
    """All that the page shows, as it was at `now`."""

    now: datetime
    window: DowntimeWindow
    website: Website
    checks: list[MonitorCheck]
    total_checks: int
    sessions: list[DebugSession]
    """Those that were started while it was down."""


def load(db: "Session", window_id: int) -> WindowState | None:
    """The page's state; None when there is no such window."""
    window = DowntimeWindowCRUD.get_by_id(db, window_id)
    website = WebsiteCRUD.get_by_id(db, window.website_id) if window else None
    if window is None or website is None:
        return None
    now = utc_now()
    until = window.ended_at or now
    checks, total = MonitorCheckCRUD.get_by_website(db, website.id, window.started_at, until, limit=MOST_CHECKS)
    recent, _total = DebugSessionCRUD.get_by_website(db, website.id, limit=100)
    last = until + timedelta(seconds=60)  # one started as it came back belongs to it too
    sessions = [session for session in recent if window.started_at <= session.started_at <= last]
    return WindowState(now=now, window=window, website=website, checks=checks, total_checks=total, sessions=sessions)


class WindowPage:
    """The page as one reader sees it."""

    def __init__(self, state: WindowState) -> None:
        self._state = state
        self._is_stale = False

    def on_change(self, fact: signals.WindowChanged) -> None:
        """Remember that this window changed; for the signal."""
        self._is_stale = self._is_stale or fact.window_id == self._state.window.id

    async def catch_up(self) -> None:
        """Show what changed since the last time; what a person is typing stays."""
        if not self._is_stale:
            return
        self._is_stale = False
        state = await in_session(load, self._state.window.id)
        if state is None:
            ui.navigate.to("/downtime")
            return
        self._state = state
        self.facts.refresh()
        self.evidence.refresh()

    def draw(self) -> None:
        """Facts, notes, and the evidence."""
        with ui.element("div").classes("ww-title"):
            ui.link("Downtime", "/downtime").classes("ww-crumb")
            text("span", "/", "ww-muted")
            ui.link(self._state.website.name, f"/websites/{self._state.website.id}").classes("ww-crumb")
            text("span", "/", "ww-muted")
            text("h1", f"Downtime {self._state.window.id}")
        with ui.element("div").classes("ww-two"):
            with ui.element("section").classes("ww-card"):
                self.facts()
            self._words()
        self.evidence()

    @ui.refreshable_method
    def facts(self) -> None:
        """Edges, duration, checks, cause."""
        window, now = self._state.window, self._state.now
        with ui.element("div").classes("ww-card-head"):
            card_head("What happened")
            if window.ended_at is None:
                badge("DOWN", f"Down for {lasted(window, now)}")
            else:
                badge("UP", f"Over after {lasted(window, now)}")
        with ui.element("dl").classes("ww-facts"):
            for name, at in (("Started", window.started_at), ("Ended", window.ended_at)):
                text("dt", name)
                with ui.element("dd"):
                    if at is None:
                        text("span", "still down")
                    else:
                        moment(at, is_long=True)
            facts = {
                "Duration": lasted(window, now) + ("" if window.ended_at else " so far"),
                "Failed checks": str(window.affected_checks_count),
                "Came back as": theme.STATUS_WORDS[window.recovery_status] if window.recovery_status else "–",
                "Cause": window.root_cause or "unknown",
            }
            for name, value in facts.items():
                text("dt", name)
                text("dd", value)

    def _words(self) -> None:
        """What people add: the root cause and notes."""
        window = self._state.window
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Root cause and notes", "kept with the window")
            with ui.element("div").classes("ww-card-body ww-form"):
                cause = self._area("Root cause", window.root_cause, rows=2)
                notes = self._area("Notes", window.notes, rows=5)

                async def save() -> None:
                    await self._save(cause.props.get("value"), notes.props.get("value"))

                with ui.element("div"):
                    only_for(Permission.WRITE, button("Save", save, kind="ww-primary"))

    @staticmethod
    def _area(label: str, value: str | None, *, rows: int) -> Any:
        area = ui.element("textarea").classes("ww-textarea").props(f"rows={rows} maxlength=20000")
        area.props["aria-label"] = label
        area.props["placeholder"] = label
        area.props["value"] = value or ""

        def keep(event: Any) -> None:
            area.props["value"] = str(event.args)

        area.on("input", keep, js_handler="(event) => emit(event.target.value)")
        return area

    async def _save(self, cause: str, notes: str) -> None:
        data = DowntimeWindowUpdate(root_cause=cause or None, notes=notes or None)
        if await tell_problem(downtime_notes.write_down(self._state.window.id, data)) is not None:
            ui.notify("Saved.")

    @ui.refreshable_method
    def evidence(self) -> None:
        """Debug sessions and checks within the window."""
        state = self._state
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Debug sessions", "started while it was down")
            session_list(state.sessions, empty="None was started while it was down.")
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                shown = len(state.checks)
                card_head(
                    "Checks",
                    f"{shown}" if shown == state.total_checks else f"the newest {shown} of {state.total_checks}",
                )
            checks_table(state.checks, empty="No check was stored in this window.")
