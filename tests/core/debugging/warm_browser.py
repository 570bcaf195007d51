"""Shares one running browser between the visits of many tests; each visit has its own context."""

import asyncio
from collections.abc import Coroutine
from threading import Thread
from typing import Any, Self, TypeVar

from core.config import Settings
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.capture import Capture, capture_in
from core.debugging.sign_in import signs_in
from core.schemas.session_options import SessionOptions

T = TypeVar("T")


class WarmBrowser:
    """The first visit starts the browser on an event loop in its own thread, since a test's loop ends with the test."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.pool = BrowserPool(settings)
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, name="warm browser")
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run *work* on the browser's event loop, and return its result."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    async def capture(self, url: str, options: SessionOptions) -> Capture:
        """Return what one visit records; may be called from any event loop, including that of the visited website."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(self._visit(url, options), self._loop))

    async def _visit(self, url: str, options: SessionOptions) -> Capture:
        browser = await self.pool.acquire(signs_in=signs_in(options, url))
        try:
            return await capture_in(browser, url, options, settings=self._settings)
        finally:
            await self.pool.release(browser)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.run(self.pool.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
