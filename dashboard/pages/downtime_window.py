"""/downtime/{id}: one downtime window, summarised like a post-mortem, with all its evidence."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from nicegui import ui
from nicegui.element import Element

from core import signals
from core.accounts.actor import Permission
from core.database import in_session
from dashboard import theme
from dashboard.actions import downtime_notes
from dashboard.actions.notifications import links
from dashboard.components.announcements import announcements
from dashboard.components.copy_text import copy_button
from dashboard.components.elements import badge, button, card_head, moment, only_for, text
from dashboard.components.findings import Jump, findings
from dashboard.components.keep_current import keep_current
from dashboard.components.page_state import PageState
from dashboard.components.picture_pair import PicturePair
from dashboard.components.session_list import session_list
from dashboard.components.waterfall import Waterfall
from dashboard.components.window_axis import WindowAxis
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.pages.not_found import not_found
from dashboard.queries.downtime_window import WindowState, load
from dashboard.queries.website_view import read
from dashboard.reports.postmortem import phases, to_markdown
from dashboard.runtime import Runtime
from dashboard.sections.recorded_waterfall import recorded_waterfall
from dashboard.sections.window_checks import ChecksCard, load_page
from dashboard.sections.window_drawn import nothing_found, of_browser, of_findings, of_notifications, of_sessions
from dashboard.sections.window_marks import marks, span
from dashboard.sections.window_updates import UpdatesCard
from dashboard.sections.window_words import WordsCard

TICK_SECONDS = 1.0


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/downtime/{window_id}", response_timeout=DRAW_SECONDS)
    async def window_page(request: Request, window_id: int) -> Response | None:
        state = await in_session(load, window_id)
        if state is None:
            return not_found(request, f"There is no downtime window {window_id}", "It may have been deleted.")
        checks = await in_session(load_page, state.window, read(request.query_params).page)
        page = WindowPage(state, checks, links(runtime.settings).window(window_id))
        with frame(state.title, active="/downtime"):
            page.draw()
        ui.context.client.on_delete(signals.window_changed.connect(page.on_change))
        for signal in (signals.session_changed, signals.website_changed):
            ui.context.client.on_delete(signal.connect(page.on_website))
        keep_current(page.catch_up, TICK_SECONDS, note_all=page.note_all)
        return None


class WindowPage:
    """One reader's view of the page."""

    def __init__(self, state: WindowState, checks: dict[str, Any], address: str) -> None:
        self._state = state
        self._first_checks = checks
        self._address = address
        self._is_stale = False
        self._waterfall: Waterfall | None = None

    def on_change(self, fact: signals.WindowChanged) -> None:
        """Note that this window changed (a signal handler)."""
        self._is_stale = self._is_stale or fact.window_id == self._state.window.id

    def on_website(self, fact: signals.SessionChanged | signals.WebsiteChanged) -> None:
        """Note that the website or one of its sessions changed (a signal handler)."""
        self._is_stale = self._is_stale or fact.website_id == self._state.website.id

    def note_all(self) -> None:
        """Let the next `catch_up` show everything again."""
        self._is_stale = True

    async def catch_up(self) -> None:
        """Show what changed since the last call. Text that the reader is typing stays."""
        if not self._is_stale:
            return
        self._is_stale = False
        state = await in_session(load, self._state.window.id)
        if state is None:
            ui.navigate.reload()  # the page then says that the window was deleted
            return
        before, self._state = self._state, state
        self.facts.refresh()
        self._axis.show(marks(state), *span(state), ended=state.window.ended_at)
        for part, drawn_of in (
            (self.found, of_findings),
            (self.phases, phases),
            (self.sessions, of_sessions),
            (self.announced, of_notifications),
        ):
            # A redraw would make readers lose their place and fold what they unfolded.
            if drawn_of(state) != drawn_of(before):
                part.refresh()
        self._page.announce(state.title, is_down=state.window.ended_at is None)
        self._words.catch_up(state.window)
        if self._updates is not None:
            self._updates.catch_up(state.updates)
        if state.can_be_acknowledged != before.can_be_acknowledged:
            self.acknowledge_button.refresh()
        if of_browser(state) != of_browser(before):
            self.difference.refresh()
            self.browser.refresh()
        await self._checks.catch_up(state.window)

    def draw(self) -> None:
        """Draw what happened, the evidence, and people's notes."""
        window = self._state.window
        self._page = PageState(self._state.title, is_down=window.ended_at is None, on_back=self._go_back)
        self._checks = ChecksCard(window, self._first_checks, self._page)
        self._top()
        with _card("What happened"):
            self.facts()
            self._axis = WindowAxis(window.started_at)
            self._axis.show(marks(self._state), *span(self._state), ended=window.ended_at)
        with _card("Findings"):
            card_head("Findings", "the cause first")
            self.found()
        self.browser()
        with ui.element("div").classes("ww-two"):
            with ui.element("div").classes("ww-stack"):
                self._words = WordsCard(window)
                self.difference()
                if not self._state.differences:
                    self.phases()
            with ui.element("div").classes("ww-stack"):
                self.sessions()
                if self._state.differences:  # they and their pictures fill the left column
                    self.phases()
                self.announced()
                self._updates = UpdatesCard(window.id, self._state.updates) if self._state.is_public else None
        self._checks.draw()

    def _top(self) -> None:
        window_id = self._state.window.id
        with ui.element("div").classes("ww-title"):
            ui.link("Downtime", "/downtime").classes("ww-crumb")
            text("span", "/", "ww-muted").props("aria-hidden=true")
            ui.link(self._state.website.name, f"/websites/{self._state.website.id}").classes("ww-crumb")
            text("span", "/", "ww-muted").props("aria-hidden=true")
            text("h1", f"Downtime {window_id}")
            with ui.element("div").classes("ww-actions"):
                self.acknowledge_button()
                copy_button(
                    "Copy as post-mortem",
                    lambda: to_markdown(self._state, self._address),
                    title="Post-mortem as Markdown",
                    done="Copied as Markdown.",
                    hint="Copy a Markdown summary",
                )
                report = ui.link("Download report", f"/api/v1/downtime-windows/{window_id}/report")
                report.classes("ww-button").props("download title='A self-contained HTML file'")

    @ui.refreshable_method
    def facts(self) -> None:
        """Draw the summary."""
        state, window = self._state, self._state.window
        with ui.element("div").classes("ww-lead"):
            if window.ended_at is None:
                badge("DOWN", "Down now")
            elif window.ended_in_pause:
                badge("PAUSED", "Paused since")
            else:
                badge("UP", "Resolved")
            text("p", f"{state.opening} {state.cause}", "ww-lead-words ww-breaks")
            with ui.element("p").classes("ww-secondary ww-lead-facts"):
                moment(window.started_at, is_long=True)
                text("span", " to now" if window.ended_at is None else " to ")
                if window.ended_at is not None:
                    moment(window.ended_at, since=window.started_at)
                text("span", f" · {state.failed_words}")
                if state.seen_words:
                    text("span", f" · {state.seen_words}")
                if window.recovery_status and not window.ended_in_pause:
                    text("span", f" · came back as {theme.STATUS_WORDS[window.recovery_status].lower()}")
                if window.acknowledged_at is not None:
                    text("span", f" · acknowledged by {window.acknowledged_by} ")
                    moment(window.acknowledged_at, is_long=True)

    @ui.refreshable_method
    def acknowledge_button(self) -> None:
        """Draw the Acknowledge button, apart from `facts`, which each check redraws: a redraw can swallow a click."""
        if self._state.can_be_acknowledged:
            hint = "Stops reminders, and rules with “Skip when acknowledged”"
            only_for(Permission.WRITE, button("Acknowledge", self._acknowledge, kind="ww-primary", hint=hint))

    @ui.refreshable_method
    def found(self) -> None:
        """Draw the findings."""
        failing = self._state.failing
        jump = Jump(session_id=failing.id, select=self._jump) if failing else None
        findings(self._state.findings, empty=nothing_found(self._state), jump=jump)

    def _jump(self, exchange_id: str) -> None:
        if self._waterfall is not None:
            self._waterfall.select(exchange_id)

    @ui.refreshable_method
    def difference(self) -> None:
        """Draw the differences between the failing session and the baseline."""
        state = self._state
        if not (state.differences and state.failing and state.baseline):
            return
        with _card("Compared with the last good session"):
            card_head(
                "Compared with the last good session", f"session {state.failing.id} and session {state.baseline.id}"
            )
            with ui.element("div").classes("ww-card-body"):
                with ui.element("ul").classes("ww-plain"):
                    for sentence in state.differences:
                        text("li", sentence)
                address = f"/debug-sessions/{state.failing.id}?compare={state.baseline.id}"
                ui.link("Compare request by request", address).classes("ww-link")
            if state.good_picture or state.bad_picture:
                good, bad = state.good_picture, state.bad_picture
                PicturePair(good=good.address if good else None, bad=bad.address if bad else None)

    @ui.refreshable_method
    def phases(self) -> None:
        """Draw the phases of the last good check and of the first failing one."""
        with _card("Phases"):
            card_head("Phases", "last good check and first failing check")
            with ui.element("div").classes("ww-scroll"), ui.element("table").classes("ww-table"):
                with ui.element("thead"), ui.element("tr"):
                    for head in ("Phase", "Last good", "First failing"):
                        text("th", head, "" if head == "Phase" else "ww-number").props("scope=col")
                with ui.element("tbody"):
                    for name, good, bad in phases(self._state):
                        with ui.element("tr"):
                            text("th", name).props("scope=row")
                            text("td", good, "ww-number")
                            text("td", bad, "ww-number")

    @ui.refreshable_method
    def browser(self) -> None:
        """Draw the failing session's waterfall, opened at the row where it broke."""
        state = self._state
        if state.failing is None:
            return
        with _card("Network waterfall"):
            with card_head("Network waterfall", f"debug session {state.failing.id}"):
                moment(state.failing.started_at, is_long=True)
                row = f"?{urlencode({'row': state.failing_row})}" if state.failing_row else ""
                ui.link("Open session", f"/debug-sessions/{state.failing.id}{row}").classes("ww-link ww-end")
            with ui.element("div").classes("ww-embedded").props("id=waterfall"):
                self._waterfall = recorded_waterfall(state.failing, state.failing_rows, row=state.failing_row)

    @ui.refreshable_method
    def sessions(self) -> None:
        """Draw the list of the window's debug sessions."""
        with _card("Debug sessions"):
            card_head("Debug sessions", "during the downtime and at recovery")
            session_list(self._state.sessions, self._state.faults, empty="No debug sessions ran while it was down.")

    @ui.refreshable_method
    def announced(self) -> None:
        """Draw the window's notifications."""
        with _card("Notifications"):
            card_head("Notifications", "sent for this downtime")
            announcements(self._state.notifications, empty="No notifications were sent for this downtime.")

    async def _go_back(self, query: Mapping[str, str]) -> None:
        await notify_on_error(self._checks.show_page(read(query).page))

    async def _acknowledge(self) -> None:
        if await notify_on_error(downtime_notes.acknowledge(self._state.window.id)) is not None:
            ui.notify("Acknowledged. Reminders stop, and so do rules with “Skip when acknowledged”.")


def _card(label: str) -> Element:
    return ui.element("section").classes("ww-card").props(f"aria-label='{label}'")
