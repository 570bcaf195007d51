"""Holds the overview's rows and keeps them current for all open pages together.

A hundred open overviews cost one query per check, not a hundred. A page that opens queries nothing.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy.exc import SQLAlchemyError

from core.background import Background, until_set
from core.batches import batched
from core.clock import utc_now
from core.database import in_session
from core.schemas.url import display_url
from core.services import DowntimeWindowCRUD, MonitorCheckCRUD, TagCRUD, WebsiteCRUD, flapping, statistics
from core.signals import check_recorded, website_changed, window_changed
from dashboard.components.website_list import BEATS, LETTERS, SPARKS, Beat, Row, Wire, bucket_letter, run_lengths, share

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from sqlalchemy.orm import Session

    from core.models import DowntimeWindow, Website, WebsiteState
    from core.services.monitor_check import BriefCheck

logger = logging.getLogger(__name__)

SPANS = {
    "24h": timedelta(days=1),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
DAY, MONTH = SPANS["24h"], SPANS["30d"]
BATCH_SIZE = 100  # websites read per query: the checks of 1,000 take 30 MB, and another query only 1 ms
TICK_SECONDS = 0.25  # between two polls for changes, so that a check shows well within a second
WARM_SECONDS = 30.0  # after the start the rows are loaded even without an open page, so that the first opens fast
IDLE_CHECKS = 6_000  # checks that may wait while no page is open; the next page reads them in some 40 ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Changes that a page has not received yet."""

    rows: list[Wire]
    checks: list[Wire]
    removed: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewChecks:
    """A website's new checks, with the figures that they changed."""

    checks: list[BriefCheck]
    day: int | None
    month: int | None
    down_since: int | None
    is_flapping: bool


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
                self._rows = {row.id: row for row in await in_session(load)}
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
            except SQLAlchemyError:
                self._rows = None  # the changes are lost, so the next call reads everything
                raise

    async def _take_changes(self) -> None:
        rows = await self._loaded()
        if not self._changed and not self._checked:
            return
        changed, self._changed = self._changed, set()
        checked, self._checked, self._noted = self._checked, {}, 0
        whole = await in_session(load, changed) if changed else []
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
            row.add([_beat(check) for check in new.checks])
            row.day, row.month, row.down_since, row.is_flapping = new.day, new.month, new.down_since, new.is_flapping
            if new.checks:
                row.error, row.checked_at = new.checks[-1].error_message, _seconds(new.checks[-1].checked_at)
            if len(new.checks) == 1:
                checks.append(row.check_wire())
            else:
                encoded.append(row.wire())
        return Changes(rows=encoded, checks=checks, removed=removed)


def load(db: Session, website_ids: Collection[int] | None = None) -> list[Row]:
    """Return the rows of all websites, or of *website_ids*, with a fixed number of queries per `BATCH_SIZE`."""
    ongoing = DowntimeWindowCRUD.get_all_ongoing(db)
    return [row for websites in _in_parts(db, website_ids) for row in _rows(db, websites, ongoing)]


def _in_parts(db: Session, website_ids: Collection[int] | None) -> Iterator[list[Website]]:
    if website_ids is not None:
        yield from (WebsiteCRUD.get_by_ids(db, ids) for ids in batched(sorted(website_ids), BATCH_SIZE))
        return
    after = 0
    while websites := WebsiteCRUD.get_after(db, after, BATCH_SIZE):
        yield websites
        after = websites[-1].id


def _rows(db: Session, websites: Sequence[Website], ongoing: Mapping[int, DowntimeWindow]) -> list[Row]:
    ids = [website.id for website in websites]
    beats = statistics.recent_beats(db, ids, BEATS)
    shares = _shares(db, ids)
    tags = TagCRUD.of_websites(db, ids)
    states = statistics.current_states(db, ids)
    flaps = flapping.flapping(db, ids)
    return [
        _row(
            website,
            beats.get(website.id, []),
            shares[website.id],
            tags=[tag.name for tag in tags.get(website.id, [])],
            window=ongoing.get(website.id),
            state=states.get(website.id),
            is_flapping=website.id in flaps,
        )
        for website in websites
    ]


def load_buckets(db: Session, span: str, website_ids: Sequence[int]) -> tuple[float, dict[int, str]]:
    """Return the heartbeat bars over one of `SPANS`, and the instant where they end; a fixed number of queries."""
    now = utc_now()
    found = statistics.status_buckets(db, website_ids, since=now - SPANS[span], until=now, count=BEATS)
    return now.timestamp(), {key: run_lengths(map(bucket_letter, buckets)) for key, buckets in found.items()}


def load_checks(db: Session, check_ids: dict[int, list[int]]) -> dict[int, NewChecks]:
    """Return these checks by website, oldest first, with the figures they changed; a fixed number of queries."""
    ids = list(check_ids)
    found: dict[int, list[BriefCheck]] = {}
    for check in MonitorCheckCRUD.get_briefs(db, [check_id for some in check_ids.values() for check_id in some]):
        found.setdefault(check.website_id, []).append(check)
    shares = _shares(db, ids)
    ongoing = DowntimeWindowCRUD.get_all_ongoing(db)
    flaps = flapping.flapping(db, ids)
    return {
        website_id: NewChecks(
            checks=found.get(website_id, []),
            day=shares[website_id][0],
            month=shares[website_id][1],
            down_since=_seconds(ongoing[website_id].started_at) if website_id in ongoing else None,
            is_flapping=website_id in flaps,
        )
        for website_id in ids
    }


def _shares(db: Session, ids: Sequence[int]) -> dict[int, tuple[int | None, int | None]]:
    day, month = statistics.uptimes(db, ids, (DAY, MONTH), until=utc_now()).values()
    return {website_id: (share(day[website_id].share), share(month[website_id].share)) for website_id in ids}


def _row(
    website: Website,
    beats: Sequence[statistics.Beat],
    shares: tuple[int | None, int | None],
    *,
    tags: list[str],
    window: DowntimeWindow | None,
    state: WebsiteState | None,
    is_flapping: bool,
) -> Row:
    return Row(
        id=website.id,
        name=website.name,
        url=display_url(website.url),
        tags=tags,
        is_active=website.is_active,
        error=state.error_message if state else None,
        day=shares[0],
        month=shares[1],
        checked_at=_seconds(state.checked_at) if state else None,
        down_since=_seconds(window.started_at) if window else None,
        is_flapping=is_flapping,
        certificate_day=_day(state.certificate_expires_at) if state and state.certificate_expires_at else None,
        beats="".join(LETTERS[status] for status, _ms in beats),
        times=tuple(ms for _status, ms in beats[-SPARKS:]),
    )


def _beat(check: BriefCheck) -> Beat:
    return Beat(letter=LETTERS[check.status], ms=check.response_time_ms if check.http_status_code is not None else None)


def _day(moment: datetime) -> int:
    return int(moment.timestamp() // 86_400)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
