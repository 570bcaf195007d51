"""/debug-sessions: every debug session, newest first, and the start of another."""

from nicegui import ui

from core.clock import utc_now
from core.database import in_session
from core.errors import WatchwrightError
from core.services import DebugSessionCRUD, WebsiteCRUD
from core.services.session_evidence import SessionEvidence
from core.signals import SessionChanged, session_changed
from dashboard.components import session_bar, session_table
from dashboard.components.elements import text
from dashboard.frame import DRAW_SECONDS, frame
from dashboard.runtime import Runtime

PAGE_SIZE = 50  # sessions; as many as a person scans


def register(runtime: Runtime) -> None:
    """Define the page."""

    @ui.page("/debug-sessions", response_timeout=DRAW_SECONDS)
    async def debug_sessions_page(page: int = 1, website: int | None = None) -> None:
        ui.add_css(session_bar.STYLE)
        ui.add_css(session_table.STYLE)
        sessions = SessionsPage(runtime, max(1, page), website)
        with frame("Debug sessions"):
            await sessions.draw()
        ui.context.client.on_delete(session_changed.connect(sessions.on_session))


class SessionsPage:
    """The list as one reader sees it, drawn again when a session changes."""

    def __init__(self, runtime: Runtime, page: int, website_id: int | None) -> None:
        self.runtime = runtime
        self.page = page
        self.website_id = website_id

    def on_session(self, _fact: SessionChanged) -> None:
        self.draw.refresh()

    @ui.refreshable_method
    async def draw(self) -> None:
        """The sessions of the page, or what to do when there is none."""
        skip = (self.page - 1) * PAGE_SIZE
        rows, total = await in_session(SessionEvidence.recent, website_id=self.website_id, skip=skip, limit=PAGE_SIZE)
        start = await self._start()
        if not total:
            session_table.nothing_yet(start)
            return
        with ui.element("div").classes("ww-sessions"):
            with ui.element("div").classes("ww-sessions-head"):
                text("h1", "Debug sessions")
                text("small", f"{total:,}")
                session_table.starter(start)
            session_table.session_table(rows, now=utc_now(), delete=self._delete)
            self._pager(total)

    async def _start(self) -> session_table.Start:
        websites, _ = await in_session(WebsiteCRUD.get_all, skip=0, limit=1000)
        return session_table.Start(
            websites={website.id: website.name for website in websites},
            unavailable=self.runtime.sessions.unavailable_reason(),
            start=self._begin,
        )

    async def _begin(self, website_id: int) -> None:
        try:
            session_id = await self.runtime.sessions.start(website_id)
        except WatchwrightError as error:
            ui.notify(str(error), type="negative")
            return
        ui.navigate.to(f"/debug-sessions/{session_id}")

    async def _delete(self, session_id: int) -> None:
        await self.runtime.sessions.stop(session_id)
        await in_session(DebugSessionCRUD.delete, session_id)
        self.draw.refresh()

    def _pager(self, total: int) -> None:
        pages = -(-total // PAGE_SIZE)
        if pages < 2:
            return
        suffix = f"&website={self.website_id}" if self.website_id else ""
        with ui.element("nav").classes("ww-pager").props('aria-label="Pages"'):
            if self.page > 1:
                ui.link("Newer", f"/debug-sessions?page={self.page - 1}{suffix}")
            ui.label(f"Page {self.page} of {pages}")
            if self.page < pages:
                ui.link("Older", f"/debug-sessions?page={self.page + 1}{suffix}")
