"""/websites/{id}: status, history and settings of one website."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC
from typing import Any

from fastapi import Request, Response
from nicegui import ui

from core.accounts.actor import Permission
from core.database import in_session
from core.models import MonitorStatus
from core.signals import check_recorded, maintenance_changed, session_changed, website_changed, window_changed
from dashboard.components.chart import preload
from dashboard.components.checks_table import ChecksTable, table_page
from dashboard.components.elements import card_head, text
from dashboard.components.heartbeat_bar import HeartbeatBar
from dashboard.components.keep_current import keep_current
from dashboard.components.page_state import PageState
from dashboard.components.region_list import region_list
from dashboard.components.session_list import session_list
from dashboard.components.tiles import Tiles
from dashboard.components.uptime_calendar import LEGEND, Day, calendar_svg
from dashboard.current_actor import may
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, ask_reader_zone, frame, reader_zone
from dashboard.pages.not_found import not_found
from dashboard.queries.website import (
    BEATS,
    WebsiteView,
    load,
    load_chart,
    load_checks,
    load_days,
    load_facts,
    load_sessions,
)
from dashboard.queries.website_view import View, read
from dashboard.runtime import Runtime
from dashboard.sections.website_actions import WebsiteActions
from dashboard.sections.website_charts import WebsiteCharts
from dashboard.sections.website_head import WebsiteHead, settings_card
from dashboard.sections.website_words import figures, settings, status
from dashboard.words.regions import quorum_words, region_rows, verdict

TICK_SECONDS = 0.3  # between two polls for changes
DAYS_TICKS = 200  # polls between two updates of the calendar, which changes slowly


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/websites/{website_id}", response_timeout=DRAW_SECONDS)
    async def website_page(request: Request, website_id: int) -> Response | None:
        view = read(request.query_params)
        state = await in_session(load, website_id, view, reader_zone() or UTC)
        if state is None:
            return not_found(request, f"There is no website {website_id}", "It may have been deleted.")
        preload()
        page = WebsitePage(runtime, state, view)
        with frame(state.facts.website.name):
            page.draw()
        client = ui.context.client
        for signal in (check_recorded, website_changed, window_changed):
            client.on_delete(signal.connect(page.on_change))
        client.on_delete(session_changed.connect(page.on_session))
        client.on_delete(maintenance_changed.connect(page.on_maintenance))
        keep_current(page.catch_up, TICK_SECONDS, note_all=page.note_all)
        return None


class WebsitePage:
    """One reader's view of the page."""

    def __init__(self, runtime: Runtime, state: WebsiteView, view: View) -> None:
        self._state, self._view = state, view
        self._website_id = state.facts.website.id
        self._zone = reader_zone()
        self._is_stale = self._has_new_session = False
        self._ticks = 0
        self._turn = asyncio.Lock()
        self._actions = WebsiteActions(runtime, lambda: self._state.facts)

    def on_change(self, fact: Any) -> None:
        """Note that this website changed (a signal handler)."""
        self._is_stale = self._is_stale or fact.website_id == self._website_id

    def on_session(self, fact: Any) -> None:
        """Note that a debug session of this website changed (a signal handler)."""
        self._has_new_session = self._has_new_session or fact.website_id == self._website_id

    def on_maintenance(self, _fact: Any) -> None:
        """Note that maintenance changed, possibly this website's (a signal handler)."""
        self._is_stale = True

    def note_all(self) -> None:
        """Let the next `catch_up` show everything again."""
        self._is_stale = self._has_new_session = True

    async def catch_up(self) -> None:
        """Show what changed since the last call."""
        self._ticks += 1
        is_zoned = self._zone is not None
        if self._zone is None:
            self._zone = await ask_reader_zone()
        if self._has_new_session:
            self._has_new_session = False
            self._state = replace(self._state, sessions=await in_session(load_sessions, self._website_id))
            self.sessions.refresh()
        if self._is_stale or not is_zoned:
            self._is_stale = False
            await self._reload()
        if self._ticks % DAYS_TICKS == 0 or not is_zoned:
            days = await in_session(load_days, self._website_id, self._state.facts.now, self._zone)
            if days != self._state.days:
                self._state = replace(self._state, days=days)
                self.calendar.refresh()

    async def _reload(self, view: View | None = None) -> None:
        """Read the page's data again, for another *view* if given, and show it."""
        async with self._turn:
            self._view = wanted = view or self._view
            before = self._state
            facts = await in_session(load_facts, self._website_id)
            if facts is None:
                if not self._actions.is_deleting:
                    ui.navigate.reload()  # the page then says that the website was deleted
                return
            chart = await in_session(load_chart, facts.website, wanted, before.chart)
            checks = await in_session(load_checks, self._website_id, wanted)
            self._state = replace(before, facts=facts, chart=chart, checks=checks)
            self._show()
            if (before.facts.regions, before.facts.lines) != (facts.regions, facts.lines):
                self.regions.refresh()
            if settings(before.facts) != settings(facts):
                self.settings.refresh()

    def _show(self) -> None:
        facts = self._state.facts
        self._page.announce(facts.website.name, is_down=status(facts)[0] == "DOWN")
        self._head.show(facts)
        self._actions.refresh()
        self._tiles.show(figures(facts))
        self._bar.show(facts.beats)
        self._charts.show(facts, self._state.chart, self._view, self._zone)
        self._table.show(self._checks_page(), is_asked_for=True)

    def draw(self) -> None:
        """Draw the page."""
        facts = self._state.facts
        self._page = PageState(facts.website.name, is_down=status(facts)[0] == "DOWN", on_back=self._go_back)
        with ui.element("div").classes("ww-title"):
            self._head = WebsiteHead(facts)
            self._actions.draw()
        self._head.draw_notices()
        self._tiles = Tiles(figures(facts), label="Figures")
        self._charts = WebsiteCharts(facts, self._state.chart, self._view, self._zone, self._choose)
        with ui.element("section").classes("ww-card"):
            card_head(f"Last {BEATS} checks")
            self._bar = HeartbeatBar(facts.beats, slots=BEATS)
        self.regions()
        self._charts.draw()
        with ui.element("div").classes("ww-two"):
            with ui.element("section").classes("ww-card"):
                self.calendar()
            with ui.element("section").classes("ww-card"):
                self.sessions()
        with ui.element("section").classes("ww-card"):
            card_head("Checks", "newest first")
            self._table = ChecksTable(self._checks_page(), self._choose_checks)
        with ui.element("section").classes("ww-card"):
            self.settings()

    @ui.refreshable_method
    def regions(self) -> None:
        """Draw each region's status; nothing if the website has no regions."""
        facts = self._state.facts
        if facts.regions is None:
            return
        with ui.element("section").classes("ww-card").props('aria-label="Regions"'):
            card_head("Regions", f"{quorum_words(facts.regions)}; response times of the last 24 hours")
            region_list(region_rows(facts.regions, facts.lines), verdict=verdict(facts.regions))

    @ui.refreshable_method
    def calendar(self) -> None:
        """Draw the uptime of each day of the last year."""
        card_head("Uptime calendar", "one cell per day")
        days = [Day(day=day.day, share=day.share, down_seconds=day.down_seconds) for day in self._state.days]
        with (
            ui.element("div")
            .classes("uc-scroll ww-scroll")
            .props('tabindex=0 role=region aria-label="Uptime calendar"')
        ):
            ui.html(calendar_svg(days), sanitize=False)
        with ui.element("div").classes("uc-legend").props("aria-hidden=true"):
            for kind, words in (*LEGEND, ("none", "no data")):
                with ui.element("span"):
                    ui.element("i").classes(f"uc-{kind}")
                    text("span", words)

    @ui.refreshable_method
    def sessions(self) -> None:
        """Draw the newest debug sessions."""
        with card_head("Debug sessions"):
            ui.element("div").classes("ww-grow")
            ui.link("All", f"/debug-sessions?website={self._website_id}").classes("ww-muted")
        sessions = self._state.sessions
        how = "Start" if may(Permission.DEBUG) else "Editors can start"
        empty = f"No debug sessions yet. {how} one to see every request of the page."
        session_list(sessions.newest, sessions.faults, empty=empty)

    @ui.refreshable_method
    def settings(self) -> None:
        """Draw the website's settings."""
        settings_card(settings(self._state.facts), self._actions.open_edit)

    def _checks_page(self) -> dict[str, Any]:
        checks = self._state.checks
        return table_page(
            checks.checks,
            status=self._view.status,
            page=self._view.page,
            has_older=checks.has_older,
            regions=self._state.facts.website.regions or (),
            region=self._view.region,
        )

    async def _choose(self, view: View) -> None:
        self._page.go(view.query())
        self._charts.wait()
        await notify_on_error(self._reload(view))

    async def _choose_checks(self, chosen: MonitorStatus | None, region: str | None, page: int) -> None:
        view = replace(self._view, status=chosen, region=region, page=page)
        self._page.go(view.query())
        await notify_on_error(self._reload(view))

    async def _go_back(self, query: Mapping[str, str]) -> None:
        self._charts.wait()
        await notify_on_error(self._reload(read(query)))
