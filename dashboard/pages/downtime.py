"""/downtime: what was down, and when, across all websites."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from nicegui import ui

from core.clock import utc_now
from core.database import in_session
from core.models import DowntimeWindow
from core.services import DowntimeWindowCRUD, WebsiteCRUD
from core.signals import window_changed
from dashboard.components.charts import draw
from dashboard.components.downtime_timeline import downtime_timeline
from dashboard.components.elements import card_head, text
from dashboard.components.segments import segments
from dashboard.components.uptime_chart import Downtime
from dashboard.components.window_list import window_list
from dashboard.frame import DRAW_SECONDS, LOGO, ask_reader_zone, frame, reader_zone
from dashboard.pages.website import CLICKED
from dashboard.runtime import Runtime

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RANGES = {"24 h": timedelta(days=1), "7 d": timedelta(days=7), "30 d": timedelta(days=30)}
MOST = 500  # windows on one page


def register(_runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/downtime", title="Downtime · Watchwright", response_timeout=DRAW_SECONDS)
    async def downtime_page() -> None:
        page = DowntimePage(await in_session(load, RANGES["7 d"]))
        with frame("Downtime"):
            page.draw()
        ui.context.client.on_delete(window_changed.connect(page.on_change))
        ui.timer(1.0, page.catch_up)


@dataclass(frozen=True, slots=True, kw_only=True)
class DowntimeState:
    """All that the page shows, as it was at `now`."""

    now: datetime
    span: timedelta
    windows: list[DowntimeWindow]
    """Newest first."""
    total: int
    names: dict[int, str]
    """Of all websites, by id."""


def load(db: "Session", span: timedelta) -> DowntimeState:
    """The windows that touch the last *span*."""
    now = utc_now()
    windows, total = DowntimeWindowCRUD.get_by_website(db, None, start_time=now - span, limit=MOST)
    websites, _count = WebsiteCRUD.get_all(db, skip=0, limit=10_000)
    names = {website.id: website.name for website in websites}
    return DowntimeState(now=now, span=span, windows=windows, total=total, names=names)


class DowntimePage:
    """The page as one reader sees it."""

    def __init__(self, state: DowntimeState) -> None:
        self._state = state
        self._span = "7 d"
        self._zone = reader_zone()
        self._is_stale = False

    def on_change(self, _fact: Any) -> None:
        """Remember that a window changed; for the signal."""
        self._is_stale = True

    async def catch_up(self) -> None:
        """Show what changed since the last time."""
        if self._zone is None:
            self._zone = await ask_reader_zone()
            self._is_stale = bool(self._state.windows)
        if self._is_stale:
            self._is_stale = False
            await self._reload()

    async def _reload(self) -> None:
        self._state = await in_session(load, RANGES[self._span])
        self.draw.refresh()

    async def _choose(self, chosen: str) -> None:
        self._span = chosen
        await self._reload()

    @ui.refreshable_method
    def draw(self) -> None:
        """The timeline, and the windows as a list."""
        state = self._state
        down = {window.website_id for window in state.windows}
        with ui.element("div").classes("ww-title"):
            text("h1", "Downtime timeline")
            text(
                "span",
                f"{len(down)} with downtime in the last {self._span}, {len(state.names) - len(down)} without",
                "ww-muted",
            )
            with ui.element("div").classes("ww-actions"):
                segments("Time range", list(RANGES), self._span, self._choose)
        if not state.windows:
            self._nothing()
            return
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Timeline", "click a window to open it")
            chart = draw(self._figure(), "Downtime timeline of all websites")
            chart.on("plotly_click", self._open, js_handler=CLICKED)
        with ui.element("section").classes("ww-card"):
            with ui.element("div").classes("ww-card-head"):
                card_head("Windows", f"{state.total}" if state.total <= MOST else f"the newest {MOST} of {state.total}")
            window_list(state.windows, now=state.now, empty="", names=state.names)

    def _nothing(self) -> None:
        with ui.element("section").classes("ww-empty"):
            ui.html(LOGO.replace("<svg", '<svg class="ww-picture"'), sanitize=False)
            text("h2", f"Nothing was down in the last {self._span}")
            text("p", "When a website stops answering, its downtime window stands here, with its cause and duration.")

    def _figure(self) -> dict[str, Any]:
        state = self._state
        lines: dict[str, list[Downtime]] = {}
        for window in state.windows:
            name = state.names.get(window.website_id, "deleted")
            lines.setdefault(f"{name[:22]}…" if len(name) > 23 else name, []).append(
                Downtime(
                    window_id=window.id, started_at=window.started_at, ended_at=window.ended_at, cause=window.root_cause
                )
            )
        return downtime_timeline(lines, since=state.now - state.span, until=state.now, zone=self._zone or UTC)

    def _open(self, event: Any) -> None:
        if event.args:
            ui.navigate.to(f"/downtime/{int(event.args)}")
