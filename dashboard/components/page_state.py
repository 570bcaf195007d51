"""The browser's state of a page: its URL and history, and the tab's title and icon."""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qsl

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from dashboard.components.url_prefix import prefixed


class PageState(Element, component="page_state.js"):
    """One per page; it draws nothing."""

    def __init__(self, title: str, *, is_down: bool, on_back: Callable[[Mapping[str, str]], Awaitable[None]]) -> None:
        """*on_back* gets the URL's query when the reader goes back or forward."""
        super().__init__()
        self._shown = (_titled(title, is_down), is_down)
        self._props["title"], self._props["down"] = self._shown
        self._props["prefix"] = prefixed("")
        self._on_back = on_back
        self.on("back", self._back)

    def announce(self, title: str, *, is_down: bool) -> None:
        """Set the tab's title and icon."""
        shown = (_titled(title, is_down), is_down)
        if shown != self._shown:
            self._shown = shown
            self.run_method("announce", *shown)

    def go(self, query: str) -> None:
        """Set the URL's query to what the page now shows, as a new history entry."""
        self.run_method("go", query, False)

    async def _back(self, event: GenericEventArguments) -> None:
        await self._on_back(dict(parse_qsl(str(event.args).removeprefix("?"))))


def _titled(title: str, is_down: bool) -> str:
    return f"{'(down) ' if is_down else ''}{title} · Watchwright"
