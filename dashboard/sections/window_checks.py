"""The card of a downtime window's checks: a page of them at a time, which stays open while new ones come in."""

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
    """The card as one reader sees it; *first* is what `load_page` gave."""

    def __init__(self, window: DowntimeWindow, first: dict[str, Any], address: PageState) -> None:
        self._window, self._shown, self._address = window, first, address

    def draw(self) -> None:
        """The checks, and the way to older ones."""
        with ui.element("section").classes("ww-card").props("aria-label=Checks"):
            card_head("Checks", "newest first")
            self._table = ChecksTable(self._shown, self._choose, has_filters=False)

    async def catch_up(self, window: DowntimeWindow) -> None:
        """Show what came in since on the page that is open."""
        self._window = window
        await self.turn_to(self._shown["page"])

    async def turn_to(self, page: int) -> None:
        """Show that page, or the last where there are fewer."""
        self._shown = await in_session(load_page, self._window, page)
        self._table.show(self._shown, is_asked_for=True)

    async def _choose(self, _status: MonitorStatus | None, _region: str | None, page: int) -> None:
        self._address.go(f"page={page}" if page > 1 else "")
        await notify_on_error(self.turn_to(page))


def load_page(db: Session, window: DowntimeWindow, page: int) -> dict[str, Any]:
    """That page of the window's checks as the table shows it, or the last where there are fewer."""
    span = (window.started_at, window.ended_at or utc_now())
    skip = (page - 1) * CHECKS
    checks, total = MonitorCheckCRUD.get_by_website(db, window.website_id, *span, skip=skip, limit=CHECKS)
    pages = max(-(-total // CHECKS), 1)
    if page > pages:
        return load_page(db, window, pages)
    shown = table_page(checks, status=None, page=page, has_older=page < pages)
    return shown | {"pages": pages, "empty": "No check is stored of this window."}
