"""The checks table of a downtime window's page, which stays on its page while new checks arrive."""

from typing import Any

from nicegui import ui
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.models import DowntimeWindow, MonitorStatus
from core.services import MonitorCheckCRUD
from dashboard.components.checks_table import ChecksTable, table_page
from dashboard.components.elements import card_head
from dashboard.components.page_state import PageState
from dashboard.error_notices import notify_on_error

CHECKS = 25  # rows of a page


class ChecksCard:
    """The card of one reader; *first* comes from `load_page`."""

    def __init__(self, window: DowntimeWindow, first: dict[str, Any], address: PageState) -> None:
        self._window, self._shown, self._address = window, first, address

    def draw(self) -> None:
        """Draw the table."""
        with ui.element("section").classes("ww-card").props("aria-label=Checks"):
            card_head("Checks", "newest first")
            self._table = ChecksTable(self._shown, self._choose, has_filters=False)

    async def catch_up(self, window: DowntimeWindow) -> None:
        """Update the shown page of the table."""
        self._window = window
        await self.show_page(self._shown["page"])

    async def show_page(self, page: int) -> None:
        """Show another page, or the last one if *page* is beyond it."""
        self._shown = await in_session(load_page, self._window, page)
        self._table.show(self._shown, is_asked_for=True)

    async def _choose(self, _status: MonitorStatus | None, _region: str | None, page: int) -> None:
        self._address.go(f"page={page}" if page > 1 else "")
        await notify_on_error(self.show_page(page))


def load_page(db: Session, window: DowntimeWindow, page: int) -> dict[str, Any]:
    """Return a page of the window's checks for the table, or the last one if *page* is beyond it."""
    span = (window.started_at, window.ended_at or utc_now())
    skip = (page - 1) * CHECKS
    checks, total = MonitorCheckCRUD.get_by_website(db, window.website_id, *span, skip=skip, limit=CHECKS)
    pages = max(-(-total // CHECKS), 1)
    if page > pages:
        return load_page(db, window, pages)
    shown = table_page(checks, status=None, page=page, has_older=page < pages)
    return shown | {"pages": pages, "empty": "No checks for this downtime window."}
