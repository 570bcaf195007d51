"""Holds the overview's rows and keeps them current for all open pages together.

A hundred open overviews cost one query per check, not a hundred. A page that opens queries nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from core.background import Background, until_set
from core.database import in_session
from core.signals import check_recorded, website_changed, window_changed
from dashboard.components.website_list import Row, Wire
from dashboard.queries.overview_rows import NewChecks, load_checks, load_rows

if TYPE_CHECKING:
    from collections.abc import Callable


logger = logging.getLogger(__name__)

TICK_SECONDS = 0.25  # between two polls for changes, so that a check shows well within a second
WARM_SECONDS = 30.0  # after the start the rows are loaded even without an open page, so that the first opens fast
IDLE_CHECKS = 6_000  # checks that may wait while no page is open; the next page reads them in some 40 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Changes that a page has not received yet."""

    rows: list[Wire]
    checks: list[Wire]
    removed: list[int]


class OverviewFeed:
    """The rows of all websites. One per process, started and stopped with the application."""

    def __init__(self) -> None:
        self._rows: dict[int, Row] | None = None
        self._encoded: dict[int, Wire] = {}
        """Cached rows as pages receive them; most are unchanged when the next page opens."""
        self._loading = asyncio.Lock()
        self._catching_up = asyncio.Lock()
        self._wanted = asyncio.Event()
        """Set when changes should be read: a page is open, or many checks wait."""
        self._changed: set[int] = set()
        self._checked: dict[int, list[int]] = {}
        self._noted = 0
        """The number of checks in `_checked`."""
        self._pages: list[Callable[[Changes], None]] = []
        self._background = Background()

    async def start(self) -> None:
        """Subscribe to signals and start the update task."""
        self._background.subscribe(check_recorded, lambda fact: self._note(fact.website_id, [fact.check_id]))
        self._background.subscribe(window_changed, lambda fact: self._note(fact.website_id, []))
        self._background.subscribe(website_changed, lambda fact: self._changed.add(fact.website_id))
        self._background.keep_running(self._follow, "overview feed")

    async def stop(self) -> None:
        """Stop the task and the subscriptions."""
        await self._background.stop()

    def follow(self, tell: Callable[[Changes], None]) -> Callable[[], None]:
        """Call *tell* with all later changes. Return the function that stops this."""
        self._pages.append(tell)
        self._wanted.set()

        def leave() -> None:
            if tell in self._pages:
                self._pages.remove(tell)

        return leave

    def _note(self, website_id: int, check_ids: list[int]) -> None:
        self._checked.setdefault(website_id, []).extend(check_ids)
        self._noted += len(check_ids)
        if self._noted >= IDLE_CHECKS:
            self._wanted.set()

    async def rows(self) -> list[Wire]:
        """Return the current rows of all websites."""
        await self.catch_up()
        rows = await self._loaded()
        for website_id in rows.keys() - self._encoded.keys():
            self._encoded[website_id] = rows[website_id].wire()
        return [self._encoded[website_id] for website_id in rows]

    async def _loaded(self) -> dict[int, Row]:
        async with self._loading:
            if self._rows is None:
                self._changed, self._checked, self._noted, self._encoded = set(), {}, 0, {}
                self._rows = {row.id: row for row in await in_session(load_rows)}
            return self._rows

    async def _follow(self) -> None:
        while True:
            await self._pause()
            try:
                await self.catch_up()
            except SQLAlchemyError:
                logger.warning("cannot update the overview; will read everything again", exc_info=True)

    async def _pause(self) -> None:
        await asyncio.sleep(TICK_SECONDS)
        if not self._pages and self._noted < IDLE_CHECKS:
            self._wanted.clear()
            await until_set(self._wanted, WARM_SECONDS if self._rows is None else None)

    async def catch_up(self) -> None:
        """Read all changes since the last call, and send them to the pages."""
        async with self._catching_up:
            try:
                await self._take_changes()
            except BaseException:  # also a cancellation, as of a page that took too long
                self._rows = None  # the changes are lost, so the next call reads everything
                raise

    async def _take_changes(self) -> None:
        rows = await self._loaded()
        if not self._changed and not self._checked:
            return
        changed, self._changed = self._changed, set()
        checked, self._checked, self._noted = self._checked, {}, 0
        whole = await in_session(load_rows, changed) if changed else []
        parts = {key: ids for key, ids in checked.items() if key in rows and key not in changed}
        fresh = await in_session(load_checks, parts) if parts else {}
        removed = [website_id for website_id in changed - {row.id for row in whole} if rows.pop(website_id, None)]
        rows.update({row.id: row for row in whole})
        for website_id in (*changed, *parts):
            self._encoded.pop(website_id, None)
        changes = self._changes(rows, whole, fresh, removed)
        for tell in tuple(self._pages):
            tell(changes)

    @staticmethod
    def _changes(rows: dict[int, Row], whole: list[Row], fresh: dict[int, NewChecks], removed: list[int]) -> Changes:
        encoded = [row.wire() for row in whole]
        checks = []
        for website_id, new in fresh.items():
            row = rows[website_id]
            row.add(new.beats)
            row.day, row.month, row.down_since, row.is_flapping = new.day, new.month, new.down_since, new.is_flapping
            if new.beats:
                row.error, row.checked_at = new.error, new.checked_at
            if len(new.beats) == 1:
                checks.append(row.check_wire())
            else:
                encoded.append(row.wire())
        return Changes(rows=encoded, checks=checks, removed=removed)
