"""The list as a NiceGUI element: told rows once, then each row that changed."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments


class WebsiteList(Element, component="website_list.js"):
    """Websites with status, heartbeat bar, response times and uptime; sorts and searches by itself."""

    def __init__(
        self,
        rows: list[dict[str, Any]],
        *,
        start_session: Callable[[int], Awaitable[None]],
        unavailable: str | None,
    ) -> None:
        """Args:
        rows: As `website_row` makes them.
        start_session: Called with the id of a website whose **Start debug session** was pressed.
        unavailable: Why no session can be started; None when one can.
        """
        super().__init__()
        self._props["rows"] = rows
        self._props["unavailable"] = unavailable
        self._start_session = start_session
        self.on("start", self._on_start)

    def update_rows(self, rows: list[dict[str, Any]], removed: list[int]) -> None:
        """Put *rows* in the place of those with their ids, add new ones, and take *removed* ids out."""
        known = {row["id"]: row for row in self._props["rows"]}
        known.update({row["id"]: row for row in rows})
        for website_id in removed:
            known.pop(website_id, None)
        self._props["rows"][:] = known.values()  # for a browser that connects anew; this one is told the changes only
        self.run_method("change", rows, removed)

    async def _on_start(self, event: GenericEventArguments) -> None:
        await self._start_session(int(event.args))
