"""/downtime: the downtime windows of all websites, as timeline and list."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from nicegui import ui
from nicegui.element import Element

from core.accounts.actor import Permission
from core.database import in_session
from core.phrases import counted
from core.signals import website_changed, window_changed
from dashboard.actions import downtime_notes
from dashboard.components.chart import Chart, preload
from dashboard.components.downtime_overview import downtime_overview
from dashboard.components.elements import button, card_head, empty, heading, only_for, text
from dashboard.components.filters import Choice, Filters, address, known, pager
from dashboard.components.keep_current import keep_current
from dashboard.components.segments import Segments
from dashboard.components.small_dialogs import ask
from dashboard.components.window_list import drawn, window_list
from dashboard.current_actor import may
from dashboard.frame import DRAW_SECONDS, ask_reader_zone, frame, reader_zone
from dashboard.queries.downtime import LENGTHS, MAX_LINES, PAGE_SIZE, RANGES, DowntimeState, load
from dashboard.runtime import Runtime
from dashboard.url_numbers import read_page

PATH = "/downtime"
CHART = "Downtime timeline of all websites; the list below says the same"


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page(PATH, title="Downtime · Watchwright", response_timeout=DRAW_SECONDS)
    async def downtime_page(  # noqa: PLR0917 - each is a parameter of the address
        range: str = "7 d",  # noqa: A002
        website: str = "",
        tag: str = "",
        state: str = "",
        least: str = "",
        page: str = "",
    ) -> None:
        chosen = {"range": range, "website": website, "tag": tag.strip().lower(), "state": state, "least": least}
        shown = DowntimePage({name: value for name, value in chosen.items() if value}, read_page(page))
        await shown.load()
        preload()
        with frame("Downtime"):
            shown.draw()
        for signal in (window_changed, website_changed):
            ui.context.client.on_delete(signal.connect(shown.on_change))
        keep_current(shown.catch_up, 1.0, note_all=shown.on_change)


class DowntimePage:
    """One reader's view of the page."""

    _state: DowntimeState
    _chart: Chart
    _card: Element
    _is_narrowed: bool
    """Whether a filter other than the time range applies."""
    _tell_lengths: Callable[[datetime], None]

    def __init__(self, chosen: dict[str, str], page: int) -> None:
        self._chosen = chosen
        self._page = page
        self._range = chosen.get("range", "") if chosen.get("range") in RANGES else "7 d"
        self._zone = reader_zone()
        self._is_stale = False
        self._unfolded: set[int] = set()

    async def load(self) -> None:
        """Read what the page shows."""
        self._state = await in_session(load, self._chosen, self._page)

    def on_change(self, _fact: Any = None) -> None:
        """Note that a window or website changed (a signal handler)."""
        self._is_stale = True

    async def catch_up(self) -> None:
        """Show what changed since the last call."""
        if self._zone is None:
            self._zone = await ask_reader_zone()
            self._is_stale = bool(self._state.windows)
        if self._is_stale:
            self._is_stale = False
            before, had = self._state, self._drawn()
            await self.load()
            if self._applied(self._state) != self._applied(before):
                ui.navigate.reload()  # the page then names the filter that was deleted
                return
            if len(self._state.untaken) != len(before.untaken):
                self.acknowledge_button.refresh()
            self._chart.draw(self._figure(), CHART)
            self._card.set_visibility(bool(self._state.total))
            if self._drawn() != had:  # a redraw at every failing check would make readers lose their place
                self.head.refresh()
                self.rows.refresh()
            self._tell_lengths(self._state.now)

    async def _choose(self, chosen: str) -> None:
        ui.navigate.to(address(PATH, {**self._chosen, "range": "" if chosen == "7 d" else chosen}))

    def _applied(self, state: DowntimeState) -> dict[str, str]:
        return known(_choices(state, with_tags="tag" in self._chosen), self._chosen)

    def draw(self) -> None:
        """Draw title, filters, timeline and list. The chart element is kept when its data changes."""
        choices = _choices(self._state, with_tags="tag" in self._chosen)
        applied = known(choices, self._chosen)
        with ui.element("div").classes("ww-title"):
            text("h1", "Downtime")
            with ui.element("div").classes("ww-actions"):
                self.acknowledge_button()
                ui.link("Monthly report", address("/report", {"tag": applied.get("tag", "")})).classes("ww-button")
                Segments("Time range", list(RANGES), self._range, self._choose)
        narrowed = {name: value for name, value in self._chosen.items() if name != "range" or value != "7 d"}
        Filters(PATH, choices, narrowed)
        self._is_narrowed = any(name != "range" for name in applied)
        with ui.element("section").classes("ww-card") as self._card:
            with ui.element("div").classes("ww-card-head"):
                self.head()
            self._chart = Chart(self._figure(), CHART, on_open=lambda window_id: ui.navigate.to(f"{PATH}/{window_id}"))
        self._card.set_visibility(bool(self._state.total))
        self.rows()

    @ui.refreshable_method
    def acknowledge_button(self) -> None:
        """Draw the Acknowledge button. It is redrawn only when its number changes, as a redraw can swallow a click."""
        count = len(self._state.untaken)
        if count > 1:
            hint = "Stops reminders, and rules with “Skip when acknowledged”"
            only_for(Permission.WRITE, button(f"Acknowledge {count:,}", self._ask_acknowledge, hint=hint))

    def _ask_acknowledge(self) -> None:
        taken = self._state.untaken
        words = (
            "Others see that you are working on them. Reminders stop, and so do rules with “Skip when acknowledged”."
        )
        action = "Acknowledge"
        title = f"Acknowledge {counted(len(taken), 'downtime window')}?"
        ask(title, (), action, lambda _nothing: downtime_notes.acknowledge_all(taken), words=words)

    @ui.refreshable_method
    def head(self) -> None:
        """Draw the timeline's heading."""
        state = self._state
        more = f", the {MAX_LINES} latest shown" if state.down > MAX_LINES else ""
        # With a filter, the number of websites without downtime is unknown.
        rest = "" if self._is_narrowed else f", {len(state.names) - state.down:,} without"
        heading("Timeline", f"{state.down:,} with downtime in the last {self._range}{more}{rest}")

    @ui.refreshable_method
    def rows(self) -> None:
        """Draw the list of windows, or that there are none."""
        state = self._state
        if not state.total:
            self._nothing()
            self._tell_lengths = lambda _now: None
            return
        with ui.element("section").classes("ww-card"):
            card_head("Downtime windows", f"{state.total:,}")
            self._tell_lengths = window_list(
                state.windows,
                now=state.now,
                empty="No windows on this page.",
                names=state.names,
                unfolded=self._unfolded,
            )
        pager(PATH, self._chosen, page=self._page, page_size=PAGE_SIZE, total=state.entries)

    def _drawn(self) -> tuple[Any, ...]:
        """Return everything the page shows as text, except durations, which grow by themselves."""
        state = self._state
        return state.total, state.entries, state.down, len(state.names), drawn(state.windows, state.names)

    def _nothing(self) -> None:
        title = "No windows match the filters" if self._is_narrowed else f"Nothing was down in the last {self._range}"
        words = "When a website goes down, its downtime window appears here with its cause and duration."
        with empty(title if self._state.names else "No websites yet", words):
            if not self._state.names and may(Permission.WRITE):
                ui.link("Add website", "/").classes("ww-button ww-primary")

    def _figure(self) -> dict[str, Any]:
        state = self._state
        return downtime_overview(state.lines, since=state.now - state.span, until=state.now, zone=self._zone or UTC)


def _choices(state: DowntimeState, *, with_tags: bool) -> list[Choice]:
    """*with_tags*: even if there are none."""
    websites = [("", "All websites"), *((str(website_id), name) for website_id, name in state.names.items())]
    choices = [Choice(name="website", label="Website", options=websites)]
    if state.tags or with_tags:
        tags = [("", "All tags"), *((tag, tag) for tag in state.tags)]
        choices.append(Choice(name="tag", label="Tag", options=tags))
    states = [("", "All windows"), ("open", "Open"), ("closed", "Closed")]
    lengths = [("", "Any duration"), *((seconds, f"At least {words}") for seconds, words in LENGTHS.items())]
    return [
        *choices,
        Choice(name="state", label="State", options=states),
        Choice(name="least", label="Length", options=lengths),
    ]
