"""The list as a NiceGUI element: told every row once, then what changed."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.website_list.row import Wire

ACTIONS = frozenset({"pause", "resume", "delete"})


class WebsiteList(Element, component="website_list.js"):
    """Websites with status, heartbeat bar, response times and uptime; it sorts, filters and searches by itself."""

    def __init__(
        self,
        rows: Sequence[Wire],
        *,
        start_session: Callable[[int], Awaitable[None]],
        act: Callable[[str, list[int]], Awaitable[None]],
        unavailable: str | None,
    ) -> None:
        """Args:
        rows: As `Row.wire` makes them.
        start_session: Called with the id of a website whose **Start debug session** was pressed.
        act: Called with one of `ACTIONS` and the ids of the websites that were selected.
        unavailable: Why no session can be started; None when one can.
        """
        super().__init__()
        self._props["rows"] = rows
        self._props["unavailable"] = unavailable
        self._start_session = start_session
        self._act = act
        self.on("start", self._on_start)
        self.on("act", self._on_act)

    def tell(self, rows: Sequence[Wire], checks: Sequence[Wire], removed: Sequence[int]) -> None:
        """Put *rows* in, add *checks* to theirs, and take the *removed* ids out."""
        self.run_method("change", rows, checks, removed)

    async def _on_start(self, event: GenericEventArguments) -> None:
        await self._start_session(int(event.args))

    async def _on_act(self, event: GenericEventArguments) -> None:
        given: dict[str, Any] = event.args
        if given.get("action") in ACTIONS:
            await self._act(given["action"], [int(website_id) for website_id in given["ids"]])
