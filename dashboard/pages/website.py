"""/websites/{id}: how one website is, how it was, and the button that shows why."""

from datetime import UTC
from typing import Any

from fastapi import Request, Response
from nicegui import ui

from core.database import in_session
from core.errors import WatchwrightError
from core.schemas.session_options import SessionOptions
from core.schemas.website import display_url
from core.services import statistics
from core.signals import check_recorded, session_changed, website_changed, window_changed
from dashboard import theme, websites
from dashboard.components.charts import draw
from dashboard.components.checks_table import checks_table
from dashboard.components.downtime_timeline import downtime_timeline
from dashboard.components.elements import badge, button, card_head, stat, text
from dashboard.components.segments import segments
from dashboard.components.session_dialog import SessionDialog
from dashboard.components.session_list import session_list
from dashboard.components.uptime_chart import Downtime, uptime_chart
from dashboard.components.website_form import WebsiteDialog, confirm
from dashboard.components.window_list import window_list
from dashboard.format import coverage, duration, percentage
from dashboard.frame import DRAW_SECONDS, ask_reader_zone, frame, reader_zone
from dashboard.pages.not_found import not_found
from dashboard.runtime import Runtime
from dashboard.website_state import RANGES, WebsiteState, load

TICK_SECONDS = 0.3  # between two looks for what changed


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/websites/{website_id}", response_timeout=DRAW_SECONDS)
    async def website_page(request: Request, website_id: int) -> Response | None:
        state = await in_session(load, website_id)
        if state is None:
            return not_found(request, f"There is no website {website_id}", "It may have been deleted.")
        page = WebsitePage(runtime, state)
        with frame(state.website.name):
            page.draw()
        client = ui.context.client
        for signal in (check_recorded, website_changed, window_changed, session_changed):
            client.on_delete(signal.connect(page.on_change))
        ui.timer(TICK_SECONDS, page.catch_up)
        return None


class WebsitePage:
    """The page as one reader sees it."""

    def __init__(self, runtime: Runtime, state: WebsiteState) -> None:
        self._runtime = runtime
        self._state = state
        self._website_id = state.website.id
        self._zone = reader_zone()
        self._span = state.range_name
        self._is_stale = False
        self._chart: ui.plotly | None = None
        self._timeline: ui.plotly | None = None

    def on_change(self, fact: Any) -> None:
        """Remember that this website changed; for signals."""
        self._is_stale = self._is_stale or fact.website_id == self._website_id

    async def catch_up(self) -> None:
        """Show what changed since the last time."""
        if self._zone is None:
            self._zone = await ask_reader_zone()
            self._is_stale = True
        if self._is_stale:
            self._is_stale = False
            await self._reload()

    async def _reload(self) -> None:
        state = await in_session(load, self._website_id, self._span)
        if state is None:
            ui.navigate.to("/")
            return
        has_turned = state.website.is_active != self._state.website.is_active
        self._state = state
        if has_turned:
            self.actions.refresh()
        self.head.refresh()
        self.figures.refresh()
        self.lists.refresh()
        self._redraw(self._chart, self._uptime_figure())
        self._redraw(self._timeline, self._timeline_figure())

    @staticmethod
    def _redraw(chart: ui.plotly | None, figure: dict[str, Any]) -> None:
        if chart is not None:
            chart.figure.update(figure)  # the element keeps its place and the reader's zoom
            chart.update()

    def draw(self) -> None:
        """Everything, from the status down to the settings."""
        self._edit = WebsiteDialog("Edit website", self._change, action="Save")
        self._options = SessionDialog(self._start_with, self._keep_options)
        with ui.element("div").classes("ww-title"):
            self.head()
            with ui.element("div").classes("ww-actions"):
                self.actions()
        self.figures()
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Response time", "mean with the slowest above it, red marks downtime")
                ui.element("div").classes("ww-grow")
                self.ranges()
            self._chart = draw(self._uptime_figure(), "Uptime chart: response time over time")
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Downtime timeline", "click a window to open it")
            self._timeline = draw(self._timeline_figure(), "Downtime timeline")
            self._timeline.on("plotly_click", self._open_window, js_handler=CLICKED)
        self.lists()

    @ui.refreshable_method
    def head(self) -> None:
        """Name, status, address."""
        website = self._state.website
        ui.link("Overview", "/").classes("ww-crumb")
        text("span", "/", "ww-muted")
        text("h1", website.name)
        badge(*self._status())
        text("span", f"{display_url(website.url)} · every {duration(website.check_interval)}", "ww-secondary")

    @ui.refreshable_method
    def actions(self) -> None:
        """What can be done; not drawn anew with each check, which would take a button away under a finger."""
        button("Pause" if self._state.website.is_active else "Resume", self._pause_or_resume)
        button("Check now", self._check_now)
        button("Edit", self._open_edit)
        button("Delete", self._ask_delete)
        self._debug_button()

    def _debug_button(self) -> None:
        reason = self._runtime.sessions.unavailable_reason()
        start = button("Start debug session", self._start_session, kind="ww-primary", hint=reason or "")
        if reason:
            start.props("disabled")
            text("span", reason, "ww-muted")
        else:
            options = button("…", self._open_options, hint="Options of a debug session")
            options.props["aria-label"] = "Options of a debug session"

    def _status(self) -> tuple[str, str]:
        state = self._state
        if not state.website.is_active:
            return "PAUSED", "Paused"
        if not state.checks:
            return "UNKNOWN", "Checking for the first time …"
        status = state.checks[0].status
        if state.ongoing is not None:
            return "DOWN", f"Down for {duration((state.now - state.ongoing.started_at).total_seconds())}"
        if status == "DOWN":
            return "DEGRADED", "Failing, checking again …"
        ended = [window.ended_at for window in state.windows if window.ended_at]
        since = f" for {duration((state.now - max(ended)).total_seconds())}" if ended and status == "UP" else ""
        return status, theme.STATUS_WORDS[status] + since

    @ui.refreshable_method
    def figures(self) -> None:
        """Uptime with its coverage, the latest response, the number of windows."""
        state = self._state
        with ui.element("section").classes("ww-stats").props("aria-label=Figures"):
            for name, uptime in state.uptimes.items():
                down = f"{duration(uptime.down_seconds)} down" if uptime.down_seconds >= 1 else "no downtime"
                note = f"{down}, {coverage(uptime.coverage)}" if uptime.share is not None else "no data yet"
                stat(f"Uptime, {name}", percentage(uptime.share), "%" if uptime.share is not None else "", note)
            last = state.checks[0] if state.checks else None
            ms = last.response_time_ms if last and last.http_status_code is not None else None
            note = "no answer" if last and ms is None else "last check"
            stat("Response, now", "–" if ms is None else f"{ms:.0f}", "" if ms is None else "ms", note)
            count = len(state.windows)
            stat("Downtime windows", str(count), "", "in 30 days" if count else "none in 30 days")

    @ui.refreshable_method
    def ranges(self) -> None:
        """The range picker of both charts."""
        segments("Time range", list(RANGES), self._span, self._choose_range)

    @ui.refreshable_method
    def lists(self) -> None:
        """Windows, sessions and checks."""
        state = self._state
        with ui.element("div").classes("ww-two"):
            with ui.element("section").classes("ww-card"):
                with ui.element("div").classes("ww-card-head"):
                    card_head("Downtime", "last 30 days")
                window_list(state.windows[:10], now=state.now, empty="It has not been down in the last 30 days.")
            with ui.element("section").classes("ww-card"):
                with ui.element("div").classes("ww-card-head"):
                    card_head("Debug sessions")
                    ui.element("div").classes("ww-grow")
                    ui.link("All", f"/debug-sessions?website={self._website_id}").classes("ww-muted")
                session_list(state.sessions, empty="None yet. Start one to see every request that the page makes.")
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Recent checks", f"the last {len(state.checks)}" if state.checks else "")
            checks_table(state.checks, empty="The first check is under way.")

    def _uptime_figure(self) -> dict[str, Any]:
        state = self._state
        since = state.now - state.span
        gap = max(state.website.check_interval * statistics.TRUST_FACTOR, state.span.total_seconds() / 500 * 2.5)
        return uptime_chart(
            state.points, self._downtimes(), since=since, until=state.now, gap_seconds=gap, zone=self._zone or UTC
        )

    def _timeline_figure(self) -> dict[str, Any]:
        state = self._state
        windows = {state.website.name: self._downtimes()}
        return downtime_timeline(windows, since=state.now - state.span, until=state.now, zone=self._zone or UTC)

    def _downtimes(self) -> list[Downtime]:
        since = self._state.now - self._state.span
        return [
            Downtime(
                window_id=window.id, started_at=window.started_at, ended_at=window.ended_at, cause=window.root_cause
            )
            for window in self._state.windows
            if window.ended_at is None or window.ended_at >= since
        ]

    async def _choose_range(self, chosen: str) -> None:
        self._span = chosen
        self.ranges.refresh()
        await self._reload()

    def _open_window(self, event: Any) -> None:
        if event.args:
            ui.navigate.to(f"/downtime/{int(event.args)}")

    async def _pause_or_resume(self) -> None:
        await websites.change(self._website_id, {"is_active": not self._state.website.is_active})

    async def _check_now(self) -> None:
        await self._tell_problem(self._runtime.monitor.check_now(self._website_id))

    def _open_edit(self) -> None:
        website = self._state.website
        self._edit.open(
            {
                "url": website.url,
                "name": website.name,
                "description": website.description,
                "check_interval": website.check_interval,
                "timeout": website.timeout,
                "tags": self._state.tags,
            }
        )

    async def _change(self, given: dict[str, Any]) -> None:
        await websites.change(self._website_id, given)

    def _ask_delete(self) -> None:
        name = self._state.website.name
        consequence = "Its checks, downtime windows and debug sessions are deleted with it. This cannot be undone."
        confirm(f"Delete {name}?", consequence, "Delete website", self._delete)

    async def _delete(self) -> None:
        await websites.remove(self._website_id)
        ui.navigate.to("/")

    def _open_options(self) -> None:
        self._options.open(SessionOptions.model_validate(self._state.website.session_defaults or {}))

    async def _start_with(self, options: SessionOptions) -> None:
        session_id = await self._runtime.sessions.start(self._website_id, options=options)
        ui.navigate.to(f"/debug-sessions/{session_id}")

    async def _keep_options(self, options: SessionOptions) -> None:
        given = options.model_dump(mode="json", exclude_defaults=True)
        await websites.change(self._website_id, {"session_defaults": given or None})
        ui.notify("Kept: debug sessions of this website start so from now on.")

    async def _start_session(self) -> None:
        session_id = await self._tell_problem(self._runtime.sessions.start(self._website_id))
        if session_id is not None:
            ui.navigate.to(f"/debug-sessions/{session_id}")

    @staticmethod
    async def _tell_problem(work: Any) -> Any:
        try:
            return await work
        except WatchwrightError as error:
            ui.notify(str(error), type="negative")
            return None


CLICKED = "(event) => emit(event.points.map((point) => point.customdata).find((id) => id != null) ?? null)"
