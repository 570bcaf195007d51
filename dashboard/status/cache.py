"""Status pages as they were a moment ago, so that a thousand readers cost the store what one does."""

import asyncio
import gzip
import logging
import time
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.database import in_session
from core.services import StatusPageCRUD
from core.store_availability import is_store_unavailable
from dashboard.status import render, view
from dashboard.status.view import Bars, StatusView

logger = logging.getLogger(__name__)

FRESH_SECONDS = 5.0  # how old a page may be
BARS_SECONDS = 300.0  # how old its days may be
MOST_PAGES = 1_000  # addresses that are remembered, those of no page included


@dataclass(frozen=True, slots=True)
class Body:
    """What is answered, and its validator (RFC 9110, 8.8.3)."""

    content: bytes
    packed: bytes
    etag: str
    kind: str


@dataclass(slots=True)
class Kept:
    """One page."""

    made: float
    """By the monotonic clock, as is `bars_made`."""
    view: StatusView | None
    bodies: dict[str, Body]
    bars: Bars
    bars_made: float


class StatusCache:
    """Each page is made by one reader at a time; the others wait for it."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    async def get(self, slug: str, *, root: str, address: str) -> Kept:
        """The page at *slug*, at most `FRESH_SECONDS` old; its `view` is None where there is none.

        While the store is away it is as it was, for those who ask for a page that was asked for before.
        """
        kept = self._kept.get(slug)
        if kept is not None and time.monotonic() - kept.made < FRESH_SECONDS:
            return kept
        async with self._locks.setdefault(slug, asyncio.Lock()):
            kept = self._kept.get(slug)
            if kept is not None and time.monotonic() - kept.made < FRESH_SECONDS:
                return kept
            try:
                made = await self._make(slug, kept, root=root, address=address)
            except SQLAlchemyError as error:
                if kept is None or not is_store_unavailable(error):
                    raise
                logger.warning("a status page is as it was: the store is away", extra={"reason": str(error)})
                kept.made = time.monotonic()  # nobody waits for it again so soon; the page says as of when it is
                return kept
            if len(self._kept) >= MOST_PAGES:
                self._kept.clear()
                self._locks.clear()
            self._kept[slug] = made
            return made

    def forget(self) -> None:
        """Make every page anew when it is asked for next."""
        self._kept.clear()

    async def _make(self, slug: str, before: Kept | None, *, root: str, address: str) -> Kept:
        now = time.monotonic()
        bars, bars_made = (before.bars, before.bars_made) if before else ({}, 0.0)
        fresh = bars if now - bars_made <= BARS_SECONDS else {}
        bars = await in_session(_bars, slug, fresh)
        bars_made = bars_made if bars is fresh else now
        shown = await in_session(view.load, slug, utc_now(), bars)
        if shown is None:
            return Kept(now, None, {}, {}, 0.0)
        bodies = {
            "html": _body(render.html(shown, root=root), "text/html; charset=utf-8"),
            "json": _body(render.as_json(shown), "application/json"),
            "atom": _body(render.atom(shown, address), "application/atom+xml; charset=utf-8"),
        }
        return Kept(now, shown, bodies, bars, bars_made)


cache = StatusCache()


def _bars(db: Session, slug: str, fresh: Bars) -> Bars:
    """The days of what a page shows: those that are *fresh*, unless a tag has brought a website since."""
    page = StatusPageCRUD.get_by_slug(db, slug)
    shown = view.websites_of(db, page) if page else []
    return fresh if fresh.keys() >= set(shown) else view.load_bars(db, shown, utc_now())


def _body(content: bytes, kind: str) -> Body:
    return Body(content, gzip.compress(content, 6), f'"{sha256(content).hexdigest()[:32]}"', kind)
