"""The waterfall of a finished debug session, as a part of another page."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nicegui import background_tasks

from core.database import in_session
from core.debugging.waterfall import Exchange
from core.models import DebugSession
from core.services import NetworkEventCRUD, session_search
from dashboard.components.waterfall import InitialState, Waterfall, WaterfallHandlers, describe
from dashboard.components.waterfall.element import SEARCH_LIMIT


def recorded_waterfall(session: DebugSession, exchanges: Sequence[Exchange], *, row: str | None) -> Waterfall:
    """Draw the *exchanges* of a finished session, with the details of *row* open."""
    handlers = StoreHandlers(session.id)
    waterfall = Waterfall(
        WaterfallHandlers(
            details=handlers.details, having_response_header=handlers.having_response_header, search=handlers.search
        ),
        name=f"session-{session.id}",
        first=InitialState(exchanges=exchanges, milestones=session.milestones or {}, row=row),
        har=f"/api/v1/debug-sessions/{session.id}/har",
    )

    async def send_rows() -> None:
        await waterfall.painted()
        await waterfall.show_many(exchanges)
        waterfall.set_state(is_running=False, elapsed_ms=0, words="No requests captured.")

    background_tasks.create(send_rows(), name=f"rows of debug session {session.id}")
    return waterfall


class StoreHandlers:
    """Answers the requests of a session's waterfall from the store."""

    def __init__(self, session_id: int) -> None:
        self._session_id = session_id

    async def details(self, exchange_id: str) -> dict[str, Any] | None:
        """Return headers, bodies and timing of an exchange; None if it no longer exists."""
        events = await in_session(NetworkEventCRUD.get_by_exchange, self._session_id, exchange_id)
        return describe(events) if events else None

    async def having_response_header(self, name: str) -> list[str]:
        """Return the ids of exchanges whose response has the header *name*."""
        return await in_session(session_search.having_response_header, self._session_id, name)

    async def search(self, text: str) -> list[dict[str, Any]]:
        """Return where *text* occurs in headers and bodies."""
        hits = await in_session(session_search.search, self._session_id, text, SEARCH_LIMIT + 1)
        return [asdict(hit) for hit in hits]
