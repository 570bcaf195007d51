"""/debug-sessions/{id}: one debug session, live while it runs and stored afterwards."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response
from nicegui import app, ui

from core.background import Background
from core.clock import utc_now
from core.database import in_session
from core.debugging.waterfall import Exchange
from core.services import NetworkEventCRUD, WebsiteCRUD
from core.services.session_evidence import SessionEvidence
from core.signals import EventCaptured, SessionChanged, event_captured, session_changed
from core.store_session import MAX_ID
from dashboard.actions import preferences, sessions
from dashboard.components import session_bar, session_compare
from dashboard.components.findings import Jump, findings_strip
from dashboard.components.session_console import session_console
from dashboard.components.waterfall import InitialState, Waterfall, WaterfallHandlers
from dashboard.components.waterfall.wire import FIRST_BATCH
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, frame, reader_zone
from dashboard.pages.not_found import not_found
from dashboard.queries.debug_session import SessionFacts, load_facts
from dashboard.queries.session_comparison import comparable
from dashboard.queries.session_rows import all_rows, changed_rows, first_rows
from dashboard.runtime import Runtime
from dashboard.sections.recorded_waterfall import StoreHandlers
from dashboard.url_numbers import read_id
from dashboard.words.debug_session import badge_words

VIEWS = ("Waterfall", "Console", "Compare")
TICK_SECONDS = 0.1  # between two batches of live rows; ten a second look continuous and cost little
REMEMBER = """
const address = new URL(window.location.href);
for (const [name, value] of Object.entries(%s)) {
  if (value === null) address.searchParams.delete(name);
  else address.searchParams.set(name, value);
}
history.replaceState(history.state, "", address);
"""


def register(runtime: Runtime) -> None:
    """Define the page of a session and the route of its pictures."""

    @ui.page("/debug-sessions/{session_id}", response_timeout=DRAW_SECONDS)
    async def debug_session_page(
        request: Request, session_id: int, row: str = "", view: str = "", compare: str = ""
    ) -> Response | None:
        facts = await in_session(load_facts, session_id)
        if facts is None:
            return not_found(request, f"There is no debug session {session_id}", "It may have been deleted.")
        session = facts.session
        website = await in_session(WebsiteCRUD.get_by_id, session.website_id)
        first = await in_session(first_rows, session, FIRST_BATCH)
        columns = await in_session(preferences.columns)
        with frame(f"Session {session_id}", active="/debug-sessions", flush=True):
            page = SessionPage(runtime, facts, website.name if website else "", row)
            page.draw(first, columns)
            page.other_id = read_id(compare)
            chosen = "Compare" if compare else view.capitalize()
            if chosen in VIEWS[1:]:
                await page.choose(chosen)
        return None

    @app.get("/debug-sessions/{session_id}/pictures/{artifact_id}", include_in_schema=False)
    async def picture(session_id: int, artifact_id: int) -> Response:
        is_possible = max(session_id, artifact_id) <= MAX_ID
        found = await in_session(SessionEvidence.artifact, session_id, artifact_id) if is_possible else None
        if found is None or not found.is_picture:
            return PlainTextResponse("Picture not found.", status_code=404)
        headers = {
            "Cache-Control": "private, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(found.data, media_type=found.mime_type, headers=headers)


class SessionPage:
    """One reader's view of one session, updated until the reader leaves."""

    def __init__(self, runtime: Runtime, facts: SessionFacts, website: str, row: str) -> None:
        self.runtime = runtime
        self.session = facts.session
        self.website = website
        self.row = row
        self.view = VIEWS[0]
        self.other_id: int | None = None
        self._fault = facts.fault
        self._findings = facts.findings
        self._pictures = facts.pictures
        self._changed_events: set[int] = set()
        self._wake = asyncio.Event()

    def draw(self, first: Sequence[Exchange], columns: dict[str, Any] | None) -> None:
        """Draw the page with its *first* rows; the other rows follow over the socket."""
        handlers = StoreHandlers(self.session.id)
        self._client = ui.context.client
        self._zone = reader_zone()
        ui.add_css(session_bar.STYLE)
        ui.add_css(session_compare.STYLE)
        with ui.element("div").classes("ww-session"):
            self._bar()
            self._strip()
            with ui.element("div").classes("ww-session-body").props("id=waterfall"):
                self._other = ui.element("div")
                self._other.visible = False
                self.waterfall = Waterfall(
                    WaterfallHandlers(
                        details=handlers.details,
                        having_response_header=handlers.having_response_header,
                        search=handlers.search,
                        reopen=self._reopen,
                        keep_columns=lambda choice: notify_on_error(preferences.keep_columns(choice)),
                    ),
                    name=f"session-{self.session.id}",
                    first=self._first(first),
                    har=f"/api/v1/debug-sessions/{self.session.id}/har",
                    columns=columns,
                )
        self._send_state()
        self._age = ui.timer(1.0, self._update_age, active=not self.session.is_over)
        self._follow()

    def _first(self, exchanges: Sequence[Exchange]) -> InitialState:
        session = self.session
        totals = None
        if session.request_count and self.session.is_over:
            totals = {
                "requests": session.request_count,
                "transferred": session.encoded_bytes or 0,
                "failed": session.failed_count or 0,
            }
        return InitialState(
            exchanges=exchanges,
            totals=totals,
            milestones=session.milestones or {},
            pictures=self._pictures,
            row=self.row or None,
        )

    def _follow(self) -> None:
        background = Background()
        background.subscribe(event_captured, self._on_events)
        background.subscribe(session_changed, self._on_session)
        background.keep_running(self._feed, f"feed of debug session {self.session.id}")
        self._client.on_delete(background.stop)

    @ui.refreshable_method
    def _bar(self) -> None:
        views = session_bar.Views(names=VIEWS, current=self.view, choose=self.choose)
        self._shown_bar = session_bar.session_bar(
            self.session,
            self.website,
            fault=self._fault,
            views=views,
            now=utc_now(),
            stop=self._stop,
            again=self._start_again,
        )

    @ui.refreshable_method
    def _strip(self) -> None:
        findings_strip(self._findings, jump=Jump(session_id=self.session.id, select=self._jump))

    async def _jump(self, exchange_id: str) -> None:
        if self.view != VIEWS[0]:
            await self.choose(VIEWS[0])
        self.waterfall.select(exchange_id)

    async def choose(self, view: str) -> None:
        """Show another view of the session; the waterfall stays as it is in the background."""
        self.view = view
        is_waterfall = view == VIEWS[0]
        self.waterfall.visible, self._other.visible = is_waterfall, not is_waterfall
        self._shown_bar.show(view)
        self._remember()
        if not is_waterfall:
            await self._draw_other()

    def _remember(self) -> None:
        """Write the shown view into the URL, so that a shared link shows the same."""
        view = None if self.view == VIEWS[0] else self.view.lower()
        compared = self.other_id if self.view == "Compare" else None
        # Not `ui.run_javascript`: the caller may be a tab that choosing the view has just deleted.
        self._client.run_javascript(REMEMBER % json.dumps({"view": view, "compare": compared}))

    async def _draw_other(self) -> None:
        if self.view == "Compare":
            drawn = await in_session(comparable, self.session, self.other_id, self._zone)
            self.other_id = drawn.compared.other_id if drawn.compared else None
            self._remember()
        console = await in_session(SessionEvidence.console, self.session.id)
        self._other.clear()
        with self._other:
            if self.view == "Compare":
                session_compare.session_compare(drawn.compared, others=drawn.others, choose=self._compare_with)
            else:
                session_console(console)

    async def _compare_with(self, session_id: int) -> None:
        self.other_id = session_id
        await self._draw_other()

    def _update_age(self) -> None:
        self._shown_bar.badge.props["textContent"] = badge_words(self.session, self._fault, utc_now())

    def _send_state(self) -> None:
        elapsed_ms = (utc_now() - self.session.started_at).total_seconds() * 1000
        is_over = self.session.is_over
        words = "No requests captured." if is_over else "Waiting for the first request …"
        self.waterfall.set_state(is_running=not is_over, elapsed_ms=elapsed_ms, words=words)

    async def _feed(self) -> None:
        await self.waterfall.painted()
        await self.waterfall.show_many(await in_session(all_rows, self.session))
        await self._show_session()
        while True:
            await self._wake.wait()
            self._wake.clear()
            event_ids, self._changed_events = self._changed_events, set()
            if event_ids:
                await self._show(event_ids)
            await self._show_session()
            await asyncio.sleep(TICK_SECONDS)

    async def _show(self, event_ids: set[int]) -> None:
        self.waterfall.show(await in_session(changed_rows, self.session, event_ids))

    async def _show_session(self) -> None:
        facts = await in_session(load_facts, self.session.id)
        if facts is None:
            return
        session = facts.session
        is_other = (session.state, session.error_message) != (self.session.state, self.session.error_message)
        is_otherwise = is_other or facts.fault != self._fault
        self.session, self._fault = session, facts.fault
        if [finding.id for finding in facts.findings] != [finding.id for finding in self._findings]:
            self._findings = facts.findings
            self._strip.refresh()
        self.waterfall.set_milestones(session.milestones or {})
        self.waterfall.set_console(facts.console_marks)
        self.waterfall.set_pictures(facts.pictures)
        if is_other and self.view != VIEWS[0]:
            await self._draw_other()
        if is_otherwise:
            self._bar.refresh()
            self._age.active = not self.session.is_over
        self._send_state()

    def _on_events(self, fact: EventCaptured) -> None:
        if fact.session_id == self.session.id:
            self._changed_events.update(fact.event_ids)
            self._wake.set()

    def _on_session(self, fact: SessionChanged) -> None:
        if fact.session_id == self.session.id:
            self._wake.set()

    async def _stop(self) -> None:
        await notify_on_error(sessions.stop(self.runtime.sessions, self.session.id))

    async def _reopen(self, exchange_id: str) -> None:
        events = await in_session(NetworkEventCRUD.get_by_exchange, self.session.id, exchange_id)
        if events:
            await self._start_again(events[0].url)

    async def _start_again(self, url: str | None = None) -> None:
        session_id = await notify_on_error(sessions.start(self.runtime.sessions, self.session.website_id, url=url))
        if session_id is not None:
            ui.navigate.to(f"/debug-sessions/{session_id}")
