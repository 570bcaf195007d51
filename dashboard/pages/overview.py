"""/: every website at a glance, and the field that adds another."""

from datetime import timedelta
from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.errors import WatchwrightError
from core.models import Website
from core.services import DowntimeWindowCRUD, WebsiteCRUD, statistics
from core.signals import check_recorded, website_changed, window_changed
from dashboard import websites
from dashboard.components.elements import button, stat, text
from dashboard.components.website_form import WebsiteDialog, paste_url
from dashboard.components.website_list import WebsiteList, website_row
from dashboard.components.website_list.row import BEATS
from dashboard.format import duration, percentage
from dashboard.frame import DRAW_SECONDS, LOGO, frame
from dashboard.runtime import Runtime

MOST = 5_000  # websites on one page: more than one machine checks
TICK_SECONDS = 0.3  # between two batches of rows; a check is on screen well within a second


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/", title="Overview · Watchwright", response_timeout=DRAW_SECONDS)
    async def overview_page() -> None:
        rows = await in_session(load)
        overview = Overview(runtime, rows)
        with frame("Overview"):
            overview.draw()
        client = ui.context.client
        for signal in (check_recorded, website_changed, window_changed):
            client.on_delete(signal.connect(overview.on_change))
        ui.timer(TICK_SECONDS, overview.catch_up)


def load(db: Session, website_ids: frozenset[int] | None = None) -> list[dict[str, Any]]:
    """The list's rows of all websites, or of those named; a fixed number of queries."""
    everything, _total = WebsiteCRUD.get_all(db, skip=0, limit=MOST)
    chosen = [website for website in everything if website_ids is None or website.id in website_ids]
    ids = [website.id for website in chosen]
    now = utc_now()
    checks = statistics.recent_checks(db, ids, BEATS)
    day = statistics.uptime(db, ids, since=now - timedelta(days=1), until=now)
    month = statistics.uptime(db, ids, since=now - timedelta(days=30), until=now)
    ongoing = DowntimeWindowCRUD.get_all_ongoing(db)

    def row(website: Website) -> dict[str, Any]:
        window = ongoing.get(website.id)
        return website_row(
            website,
            checks.get(website.id, []),
            day=day[website.id],
            month=month[website.id],
            down_since_ms=window.started_at.timestamp() * 1_000 if window else None,
        )

    return [row(website) for website in chosen]


class Overview:
    """The page as one reader sees it; rows that changed are told in batches."""

    def __init__(self, runtime: Runtime, rows: list[dict[str, Any]]) -> None:
        self._runtime = runtime
        self._rows = {row["id"]: row for row in rows}
        self._changed: set[int] = set()
        self._list: WebsiteList | None = None

    def on_change(self, fact: Any) -> None:
        """Remember that a website's row is not current; for signals."""
        self._changed.add(fact.website_id)

    async def catch_up(self) -> None:
        """Tell the browser the rows that changed since the last time."""
        if not self._changed:
            return
        changed, self._changed = frozenset(self._changed), set()
        rows = await in_session(load, changed)
        removed = [website_id for website_id in changed if website_id not in {row["id"] for row in rows}]
        was_empty = not self._rows
        self._rows.update({row["id"]: row for row in rows})
        for website_id in removed:
            self._rows.pop(website_id, None)
        if self._list is None or not self._rows or was_empty:
            self.draw.refresh()
            return
        self._list.update_rows(rows, removed)
        self.figures.refresh()

    @ui.refreshable_method
    def draw(self) -> None:
        """The list under its figures, or what to do while there is nothing to list."""
        if not self._rows:
            self._list = None
            nothing_yet(self._paste)
            return
        text("h1", "Websites", "ww-hidden")
        self.figures()
        dialog = WebsiteDialog("Watch a website", self._add, action="Watch it")
        self._list = WebsiteList(
            list(self._rows.values()),
            start_session=self._start_session,
            unavailable=self._runtime.sessions.unavailable_reason(),
        )
        with self._list:
            button("+ Add website", lambda: dialog.open({"check_interval": 60, "timeout": 10}), kind="ww-primary")

    @ui.refreshable_method
    def figures(self) -> None:
        """What is down, and how things are on the whole."""
        rows = list(self._rows.values())
        counts = {
            status: sum(row["status"] == status for row in rows) for status in ("DOWN", "DEGRADED", "UP", "PAUSED")
        }
        since = [row["since"] for row in rows if row["status"] == "DOWN" and row["since"]]
        longest = duration(utc_now().timestamp() - min(since) / 1_000) if since else ""
        shares = [row["month"] for row in rows if row["month"] is not None]
        answers = sorted(row["ms"] for row in rows if row["ms"] is not None and row["status"] != "DOWN")
        with ui.element("section").classes("ww-stats").props("aria-label=Summary"):
            stat("Down", str(counts["DOWN"]), "", f"longest {longest}" if longest else "nothing is down", status="DOWN")
            stat("Degraded", str(counts["DEGRADED"]), "", "slow or about to fail", status="DEGRADED")
            stat("Up", str(counts["UP"]), "", f"of {len(rows)} website{'s' if len(rows) != 1 else ''}", status="UP")
            stat("Paused", str(counts["PAUSED"]), "", "by a person", status="PAUSED")
            mean = sum(shares) / len(shares) if shares else None
            stat(
                "Uptime, 30 d",
                percentage(mean),
                "%" if shares else "",
                "mean of all websites" if shares else "no data yet",
            )
            middle = f"{answers[len(answers) // 2]:.0f}" if answers else "–"
            stat("Median response", middle, "ms" if answers else "", "of the last checks")

    async def _paste(self, typed: str) -> None:
        await websites.add({"url": websites.as_typed(typed)})

    async def _add(self, given: dict[str, Any]) -> None:
        await websites.add({**given, "url": websites.as_typed(given.get("url", ""))})

    async def _start_session(self, website_id: int) -> None:
        try:
            session_id = await self._runtime.sessions.start(website_id)
        except WatchwrightError as error:
            ui.notify(str(error), type="negative")
            return
        ui.navigate.to(f"/debug-sessions/{session_id}")


def nothing_yet(submit: Any) -> None:
    """The first minute: one field."""
    with ui.element("section").classes("ww-empty"):
        ui.html(LOGO.replace("<svg", '<svg class="ww-picture"'), sanitize=False)
        text("h1", "Which website shall be watched?")
        text("p", "Paste its address. The first check is here within seconds; nothing else is needed.")
        paste_url(submit)
