"""/debug-sessions: the list of all debug sessions, newest first, and a form to start one."""

from nicegui import ui

from core.clock import utc_now
from core.database import in_session
from core.models import DebugSessionState, SessionTrigger
from core.services import FindingCRUD, WebsiteCRUD, session_list
from core.services.session_list import SessionFilter
from core.signals import SessionChanged, session_changed
from dashboard.actions import sessions
from dashboard.actions.session_start import start_for_url
from dashboard.components import session_bar, session_table
from dashboard.components.elements import text
from dashboard.components.filters import Choice, Filters, known, pager
from dashboard.components.har_import import har_import
from dashboard.components.keep_current import keep_current
from dashboard.error_notices import notify_on_error
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.runtime import Runtime
from dashboard.url_numbers import read_id, read_page
from dashboard.words.debug_session import FAULT_FOUND, STATE_WORDS, TRIGGER_WORDS
from dashboard.words.website_names import distinct_names

PATH = "/debug-sessions"
AT_FAULT = "FAULT"  # filter value for completed sessions that found a fault
PAGE_SIZE = 50  # sessions


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page(PATH, response_timeout=DRAW_SECONDS)
    async def debug_sessions_page(
        page: str = "", website: str = "", state: str = "", why: str = "", only: str = ""
    ) -> None:
        ui.add_css(session_bar.STYLE)
        ui.add_css(session_table.STYLE)
        chosen = {"website": website, "state": state, "why": why, "only": only}
        listed = SessionsPage(runtime, read_page(page), {name: value for name, value in chosen.items() if value})
        with frame("Debug sessions"):
            await listed.draw()
        ui.context.client.on_delete(session_changed.connect(listed.on_session))
        keep_current(listed.catch_up, 1.0, note_all=listed.on_session)


def filter_of(chosen: dict[str, str]) -> SessionFilter:
    """Return the filter for the URL's parameters; invalid values are ignored."""
    only = chosen.get("only")
    states, triggers = DebugSessionState.__members__, SessionTrigger.__members__
    state = DebugSessionState.COMPLETED if chosen.get("state") == AT_FAULT else states.get(chosen.get("state", ""))
    return SessionFilter(
        website_id=read_id(chosen.get("website", "")),
        state=state,
        has_fault=chosen.get("state") == AT_FAULT if state == DebugSessionState.COMPLETED else None,
        trigger=triggers.get(chosen.get("why", "")),
        is_pinned=True if only == "pinned" else None,
        has_failures=True if only == "failures" else None,
    )


class SessionsPage:
    """One reader's view of the list, updated when sessions change."""

    def __init__(self, runtime: Runtime, page: int, chosen: dict[str, str]) -> None:
        self.runtime = runtime
        self.page = page
        self.chosen = chosen
        self._is_stale = False
        self._table: session_table.SessionTable | None = None
        self._pages = 0

    def on_session(self, _fact: SessionChanged | None = None) -> None:
        """Note that a session changed (a signal handler)."""
        self._is_stale = True

    async def catch_up(self) -> None:
        """Show what changed since the last call."""
        if self._is_stale:
            self._is_stale = False
            await self.show_again()

    async def show_again(self) -> None:
        """Read the list, then redraw it. The old one stays visible while reading."""
        lines, total = await self._lines()
        if self._table is not None and lines and _pages(total) == self._pages:
            self._table.show(lines, utc_now())
        else:
            self.rows.refresh(lines, total)

    async def draw(self) -> None:
        """Draw the sessions, or an introduction if there is none."""
        websites = await in_session(WebsiteCRUD.get_names)
        names, asked_for = distinct_names(websites), self.chosen.get("website", "")
        start = session_table.Start(
            urls=[website.url for website in websites],
            unavailable=self.runtime.sessions.unavailable_reason(),
            start=self._begin,
        )
        if not self.chosen and not (await in_session(session_list.recent, limit=1))[1]:
            with session_table.nothing_yet(start):
                har_import(names, asked_for)
            return
        with ui.element("div").classes("ww-sessions"):
            with ui.element("div").classes("ww-sessions-head"):
                text("h1", "Debug sessions")
                session_table.starter(start)
                har_import(names, asked_for)
            choices = _choices(names)
            Filters(PATH, choices, self.chosen)
            self.chosen = known(choices, self.chosen)
            self.rows(*await self._lines())

    @ui.refreshable_method
    def rows(self, lines: list[session_table.Line], total: int) -> None:
        """Draw the table and its pager."""
        self._table, self._pages = None, _pages(total)
        if lines:
            self._table = session_table.SessionTable(delete=self._delete, pin=self._pin)
            self._table.show(lines, utc_now())
        else:
            text("p", "No debug sessions match the filters.", "ww-table-empty")
        pager(PATH, self.chosen, page=self.page, page_size=PAGE_SIZE, total=total)

    async def _lines(self) -> tuple[list[session_table.Line], int]:
        """Return the page's sessions as table lines, and the number of sessions on all pages."""
        skip = (self.page - 1) * PAGE_SIZE
        rows, total = await in_session(session_list.recent, filter_of(self.chosen), skip=skip, limit=PAGE_SIZE)
        starters = await in_session(sessions.starters, [session for session, _name in rows]) if rows else {}
        faults = await in_session(FindingCRUD.faults, [session.id for session, _name in rows])
        lines = [
            session_table.Line(
                session=session, website=name, starter=starters.get(session.id), fault=faults.get(session.id)
            )
            for session, name in rows
        ]
        return lines, total

    async def _begin(self, typed: str) -> None:
        started = await start_for_url(self.runtime.sessions, typed)
        if started.notice:
            ui.notify(started.notice, type="info", timeout=8_000)
            await ui.run_javascript("new Promise((go) => setTimeout(go, 1500))", timeout=5)
        ui.navigate.to(f"{PATH}/{started.session_id}")

    async def _pin(self, session_id: int, is_pinned: bool) -> None:
        await notify_on_error(sessions.pin(session_id, is_pinned=is_pinned))
        await self.show_again()

    async def _delete(self, session_id: int) -> None:
        await notify_on_error(sessions.remove(self.runtime.sessions, session_id))
        await self.show_again()


def _pages(total: int) -> int:
    return -(-total // PAGE_SIZE)


def _choices(names: dict[int, str]) -> list[Choice]:
    return [
        Choice(
            name="website",
            label="Website",
            options=[("", "All websites"), *((str(website_id), name) for website_id, name in names.items())],
        ),
        Choice(
            name="state",
            label="State",
            options=[
                ("", "All states"),
                (AT_FAULT, FAULT_FOUND.words),
                *((state.name, words.words) for state, words in STATE_WORDS.items()),
            ],
        ),
        Choice(
            name="why",
            label="Trigger",
            options=[("", "All triggers"), *((why.name, words) for why, words in TRIGGER_WORDS.items())],
        ),
        Choice(
            name="only",
            label="Only",
            options=[("", "All sessions"), ("pinned", "Pinned"), ("failures", "With failed requests")],
        ),
    ]
