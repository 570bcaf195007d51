"""Caches status pages for a few seconds, so that many readers cost the store as little as one."""

import asyncio
import gzip
import logging
import time
from dataclasses import dataclass
from hashlib import sha256
from weakref import WeakValueDictionary

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.services import StatusPageCRUD
from core.store_availability import is_store_unavailable
from dashboard.status import render, view
from dashboard.status.view import Bars, StatusView

logger = logging.getLogger(__name__)

FRESH_SECONDS = 5.0  # how long a page is cached
BARS_SECONDS = 300.0  # how long its daily bars are cached
MAX_PAGES = 1_000  # cached addresses, including those without a page


@dataclass(frozen=True, slots=True)
class Body:
    """One representation of a page, with its ETag (RFC 9110, 8.8.3)."""

    content: bytes
    packed: bytes
    etag: str
    kind: str


@dataclass(slots=True)
class CachedPage:
    """A cached page."""

    made: float
    """Monotonic time, as for `bars_made`."""
    view: StatusView | None
    bodies: dict[str, Body]
    bars: Bars
    bars_made: float


class StatusCache:
    """The cache. Each page is built by one request at a time, while others wait for it."""

    def __init__(self) -> None:
        self._pages: dict[str, CachedPage] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def get(self, slug: str, *, root: str, address: str) -> CachedPage:
        """Return the page at *slug*, at most `FRESH_SECONDS` old; its `view` is None if there is no such page.

        While the store is unavailable, return the cached page, however old.
        """
        cached = self._pages.get(slug)
        if cached is not None and time.monotonic() - cached.made < FRESH_SECONDS:
            return cached
        async with self._locks.setdefault(slug, asyncio.Lock()):
            cached = self._pages.get(slug)
            if cached is not None and time.monotonic() - cached.made < FRESH_SECONDS:
                return cached
            try:
                made = await self._make(slug, cached, root=root, address=address)
            except SQLAlchemyError as error:
                if cached is None or not is_store_unavailable(error):
                    raise
                logger.warning("the database is unavailable; serving an old status page", extra={"reason": str(error)})
                cached.made = time.monotonic()  # retry later; the page shows its own age
                return cached
            if len(self._pages) >= MAX_PAGES:
                self._pages.clear()
            self._pages[slug] = made
            return made

    def forget(self) -> None:
        """Discard all pages, so that the next requests rebuild them."""
        self._pages.clear()

    async def _make(self, slug: str, before: CachedPage | None, *, root: str, address: str) -> CachedPage:
        now = time.monotonic()
        bars, bars_made = (before.bars, before.bars_made) if before else ({}, 0.0)
        fresh = bars if now - bars_made <= BARS_SECONDS else {}
        bars = await in_session(_bars, slug, fresh)
        bars_made = bars_made if bars is fresh else now
        shown = await in_session(view.load, slug, utc_now(), bars)
        if shown is None:
            return CachedPage(now, None, {}, {}, 0.0)
        bodies = {
            "html": _body(render.html(shown, root=root), "text/html; charset=utf-8"),
            "json": _body(render.as_json(shown), "application/json"),
            "atom": _body(render.atom(shown, address), "application/atom+xml; charset=utf-8"),
        }
        return CachedPage(now, shown, bodies, bars, bars_made)


cache = StatusCache()


def _bars(db: Session, slug: str, fresh: Bars) -> Bars:
    """Return the daily bars of a page: *fresh* if it covers all websites, else newly read ones."""
    page = StatusPageCRUD.get_by_slug(db, slug)
    shown = view.websites_of(db, page) if page else []
    return fresh if fresh.keys() >= set(shown) else view.load_bars(db, shown, utc_now())


def _body(content: bytes, kind: str) -> Body:
    return Body(content, gzip.compress(content, 6), f'"{sha256(content).hexdigest()[:32]}"', kind)
