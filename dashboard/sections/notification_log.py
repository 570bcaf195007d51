"""The log on the notifications page. Its filters and its page are in the URL."""

from collections.abc import Mapping
from typing import Self

from nicegui import ui

from core.clock import utc_now
from core.database import in_session
from dashboard.components.announcements import STATE_WORDS, announcements
from dashboard.components.elements import card_head
from dashboard.components.filters import Choice, Filters, address, pager
from dashboard.components.page_state import PageState
from dashboard.queries import notification_log
from dashboard.queries.notification_log import FILTERS, PAGE_SIZE, RANGES, STATES, LogPage
from dashboard.queries.notifications import NotificationsState
from dashboard.url_numbers import read_page

PATH = "/notifications"


class NotificationLog:
    """The log of one reader."""

    _filters: Filters | None = None
    """None while the page shows no log, because there is no channel."""
    _state: LogPage

    def __init__(self, query: Mapping[str, str]) -> None:
        """*query* is that of the page's URL; `load` must follow."""
        self._read(query)
        self._unfolded: set[int] = set()

    async def load(self) -> Self:
        """Read the page of the log."""
        chosen, page = self._chosen, self._page
        state = await in_session(notification_log.load, chosen, page, now=utc_now())
        if (chosen, page) == (self._chosen, self._page):  # the reader may have chosen other ones meanwhile
            self._state = state
        return self

    async def catch_up(self) -> None:
        """Show what was sent since the last call."""
        before = self._state
        await self.load()
        if self._state != before:
            self.rows.refresh()

    async def go_back(self, query: Mapping[str, str]) -> None:
        """Show what the URL says."""
        self._read(query)
        await self.load()
        if self._filters is not None:
            self._filters.show(self._chosen)
            self.rows.refresh()

    def draw(self, state: NotificationsState, page_state: PageState) -> None:
        """Draw the card, with the filters' choices from *state*."""
        self._page_state = page_state
        with ui.element("section").classes("ww-card").props("aria-label='Recent notifications'"):
            card_head("Recent notifications", "with the service's response")
            self._filters = Filters(PATH, _choices(state), self._chosen, self._choose)
            self.rows(self._filters)

    @ui.refreshable_method
    def rows(self, filters: Filters) -> None:
        """Draw the notifications and the pager, and hide *filters* if there is nothing to filter."""
        filters.row.set_visibility(bool(self._chosen or self._state.total))
        empty = "No notifications match the filters." if filters.applied else "No notifications yet."
        if self._state.total and not self._state.notifications:
            empty = "No notifications on this page."
        announcements(self._state.notifications, empty=empty, unfolded=self._unfolded)
        pager(PATH, self._chosen, page=self._page, page_size=PAGE_SIZE, total=self._state.total, turn=self._turn)

    async def _choose(self, chosen: Mapping[str, str]) -> None:
        await self._go({name: value for name, value in chosen.items() if value}, 1)

    async def _turn(self, page: int) -> None:
        await self._go(self._chosen, page)

    async def _go(self, chosen: Mapping[str, str], page: int) -> None:
        query = {**chosen, "page": str(page) if page > 1 else ""}
        self._page_state.go(address("", query).removeprefix("?"))
        await self.go_back(query)

    def _read(self, query: Mapping[str, str]) -> None:
        self._chosen = {name: query[name] for name in FILTERS if query.get(name)}
        self._page = read_page(query.get("page", ""))


def _choices(state: NotificationsState) -> list[Choice]:
    channels = [("", "All channels"), *((str(channel.id), channel.name) for channel in state.channels)]
    words = [("", "All states"), *((name, STATE_WORDS[state].capitalize()) for name, state in STATES.items())]
    websites = [("", "All websites"), *((str(website_id), name) for website_id, name in state.websites.items())]
    ranges = [("", "Any time"), *((name, f"Last {name}") for name in RANGES)]
    return [
        Choice(name="channel", label="Channel", options=channels),
        Choice(name="state", label="State", options=words),
        Choice(name="website", label="Website", options=websites),
        Choice(name="range", label="Time", options=ranges),
    ]
