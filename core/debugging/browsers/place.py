"""Gives a session its place in the browser pool, and always returns it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.sign_in import signs_in
from core.debugging.visit_target import VisitTarget


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the browser pool."""

    browser: DebugBrowser | None
    """None if Playwright starts the session's browser."""


@asynccontextmanager
async def place_for(pool: BrowserPool, target: VisitTarget, stop: asyncio.Event) -> AsyncIterator[Place | None]:
    """Wait for a place for a visit to *target*, and yield it; yields None if *stop* is set first.

    A stop does not wait for a browser that is starting; that browser is closed when the block ends.

    Raises:
        BrowserMissing: There is no browser.
        BrowserError: The browser could not be started.
    """
    acquiring = asyncio.ensure_future(_acquire(pool, target))
    stopping = asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((acquiring, stopping), return_when=asyncio.FIRST_COMPLETED)
        yield None if stop.is_set() else Place(await acquiring)
    finally:
        stopping.cancel()
        await asyncio.shield(_give_back(pool, acquiring))


async def _acquire(pool: BrowserPool, target: VisitTarget) -> DebugBrowser | None:
    if target.is_driven_by_playwright:
        await pool.reserve()
        return None
    return await pool.acquire(signs_in=signs_in(target.options, target.url))


async def _give_back(pool: BrowserPool, acquiring: "asyncio.Future[DebugBrowser | None]") -> None:
    acquiring.cancel()
    await asyncio.wait([acquiring])
    if not acquiring.cancelled() and acquiring.exception() is None:
        await pool.release(acquiring.result())
