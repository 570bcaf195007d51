"""The charts of a website's page: range picker, uptime chart and downtime timeline."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, timedelta, tzinfo
from functools import partial
from typing import Any
from urllib.parse import urlencode

from nicegui import ui

from core.clock import utc_now
from core.phrases import counted
from dashboard.components.chart import Chart
from dashboard.components.downtime_timeline import downtime_timeline
from dashboard.components.elements import button, card_head, heading, text
from dashboard.components.segments import Segments
from dashboard.components.uptime_chart import PHASE_WORDS, extension, uptime_chart
from dashboard.components.uptime_data import Downtime, Maintenance, Span
from dashboard.components.window_list import drawn, window_list
from dashboard.queries.website import ChartState, Facts
from dashboard.queries.website_view import RANGES, View
from dashboard.sections.website_words import chart_label

VIEWS = {"Response": False, "Phases": True}
MAX_LISTED = 6  # downtime windows beneath the timeline
DOWNTIME_RANGES = ("24 h", "7 d", "30 d", "90 d")  # the ranges of /downtime, without the longest
LONGEST_RANGE = "1 y"
STEP = 0.5  # of the shown span, moved or zoomed per press
Choose = Callable[[View], Awaitable[None]]


class WebsiteCharts:
    """Draws a `ChartState`, and calls *choose* when the reader wants another view."""

    def __init__(self, facts: Facts, state: ChartState, view: View, zone: tzinfo | None, choose: Choose) -> None:
        self._facts, self._state, self._view, self._zone, self._choose = facts, state, view, zone, choose

    def draw(self) -> None:
        """Draw both cards."""
        with ui.element("section").classes("ww-card").props('aria-label="Response time"'):
            with ui.element("div").classes("ww-card-head"):
                self.heading()
                ui.element("div").classes("ww-grow")
                self._tools()
            self._figure = self._uptime_figure()
            self._chart = Chart(
                self._figure,
                chart_label(self._facts, self._state),
                on_zoom=self._zoom,
                on_reset=self._reset,
            )
        with ui.element("section").classes("ww-card").props('aria-label="Downtime"'):
            card_head("Downtime timeline", "click a window to open it")
            self._timeline_figure = self._downtime_figure()
            self._timeline = Chart(self._timeline_figure, self._timeline_label(), on_open=_open_window)
            self.windows()

    def wait(self) -> None:
        """Show that new data is loading."""
        self._chart.wait(True)

    def show(self, facts: Facts, state: ChartState, view: View, zone: tzinfo | None) -> None:
        """Show another state. If only time has passed, the charts are extended."""
        is_other = (view, zone) != (self._view, self._zone)
        had, self._facts, self._state, self._view, self._zone = self._state, facts, state, view, zone
        if is_other:
            self.heading.refresh()
            self._mark_choices()
        before, self._figure = self._figure, self._uptime_figure()
        patch = None if is_other else extension(before, self._figure)
        label = chart_label(facts, state)
        if patch is None:
            self._chart.draw(self._figure, label)
        elif self._figure != before:
            self._chart.extend(patch | {"label": label})
        before, self._timeline_figure = self._timeline_figure, self._downtime_figure()
        if before != self._timeline_figure:
            self._timeline.draw(self._timeline_figure, self._timeline_label())
        if is_other or drawn(had.windows, {}) != drawn(state.windows, {}):
            self.windows.refresh()
        self._tell_lengths(facts.now)

    @ui.refreshable_method
    def heading(self) -> None:
        """Draw the chart's heading and legend."""
        if not self._view.by_phase:
            heading("Response time", "median and 95th percentile")
            return
        heading("Response time by phase")
        with ui.element("span").classes("ww-legend"):
            for phase, words in PHASE_WORDS.items():
                ui.element("i").style(f"background: var(--ww-phase-{phase})")
                text("span", words)

    def _tools(self) -> None:
        """Draw view, range and zoom buttons. They are never redrawn, so that they keep the keyboard focus."""
        self._views = Segments("View", list(VIEWS), "", self._choose_view)
        self._ranges = Segments("Time range", list(RANGES), "", self._choose_range)
        with ui.element("div").classes("ww-segments").props('role=group aria-label="Zoom"'):
            for words, sign, forth, factor in (
                ("Earlier", "‹", -STEP, 1.0),
                ("Later", "›", STEP, 1.0),
                ("Zoom in", "+", 0.0, STEP),
                ("Zoom out", "−", 0.0, 1 / STEP),
            ):
                tool = button(sign, partial(self._step, forth, factor), hint=words, says=words).classes(replace="")
            self._last_tool = tool
            self._reset_button = button("Reset", self._reset).classes(replace="")
        self._mark_choices()

    def _mark_choices(self) -> None:
        self._views.show("Phases" if self._view.by_phase else "Response")
        self._ranges.show(self._state.name or "")
        self._reset_button.visible = self._view.zoom is not None

    @ui.refreshable_method
    def windows(self) -> None:
        """Draw the newest windows as links."""
        span = f"the last {self._state.name}" if self._state.name else "this period"
        shown = self._state.windows[:MAX_LISTED]
        self._tell_lengths = window_list(shown, now=self._facts.now, empty=f"No downtime in {span}.")
        more = len(self._state.windows) - len(shown)
        if more:
            ui.link(f"{more:,} more", self._all_windows()).classes("ww-more")

    def _all_windows(self) -> str:
        """Return the address of the list with all windows of the shown span, or of the longest span it offers."""
        name = self._state.name
        span = "24 h" if name == "1 h" else name if name in DOWNTIME_RANGES else LONGEST_RANGE
        return f"/downtime?{urlencode({'website': self._facts.website.id, 'range': span})}"

    def _uptime_figure(self) -> dict[str, Any]:
        by_phase = self._view.by_phase
        return uptime_chart(self._state.points, self._downtimes(), self._maintenance(), self._span(), by_phase=by_phase)

    def _span(self) -> Span:
        shown, zone = self._state.resolution, self._zone or UTC
        return Span(since=shown.since, until=shown.until, gap_seconds=shown.gap_seconds, zone=zone)

    def _downtime_figure(self) -> dict[str, Any]:
        span = self._state.resolution
        return downtime_timeline(
            self._downtimes(), self._maintenance(), since=span.since, until=span.until, zone=self._zone or UTC
        )

    def _timeline_label(self) -> str:
        return f"Downtime timeline: {counted(len(self._state.windows), 'window')}, listed beneath"

    def _downtimes(self) -> list[Downtime]:
        return [Downtime.of(window) for window in self._state.windows]

    def _maintenance(self) -> list[Maintenance]:
        return [
            Maintenance(name=occurrence.name, started_at=occurrence.started_at, ended_at=occurrence.ended_at)
            for occurrence in self._state.maintenance
        ]

    async def _choose_view(self, chosen: str) -> None:
        await self._choose(replace(self._view, by_phase=VIEWS[chosen]))

    async def _choose_range(self, chosen: str) -> None:
        await self._choose(self._view.ranged(chosen))

    async def _zoom(self, since: str, until: str) -> None:
        ends = [self._span().axis.moment(digits) for digits in (since, until)]
        if ends[0] is not None and ends[1] is not None:
            await self._choose(self._view.zoomed(ends[0], ends[1]))

    async def _reset(self) -> None:
        if self._view.zoom:
            self._last_tool.run_method("focus")  # the Reset button, which has the focus, disappears
            await self._choose(replace(self._view, zoom=None))

    async def _step(self, forth: float, factor: float) -> None:
        since, until = self._view.zoom or (self._state.resolution.since, min(self._state.resolution.until, utc_now()))
        span = until - since
        middle = since + span / 2 + span * forth
        half = max(span * factor, timedelta(seconds=60)) / 2
        late = max(middle + half - utc_now(), timedelta(0))
        await self._choose(self._view.zoomed(middle - half - late, middle + half - late))


def _open_window(window_id: int) -> None:
    ui.navigate.to(f"/downtime/{window_id}")
