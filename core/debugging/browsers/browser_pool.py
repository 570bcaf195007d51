"""Provides running browsers for debug sessions, and limits their number."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from random import random
from time import monotonic

from core.config import Settings
from core.debugging.browser import BrowserChoice, find_browsers
from core.debugging.browsers.confinement import confinement_of
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.sign_in import signs_in
from core.debugging.visit_target import VisitTarget
from core.errors import BrowserError

logger = logging.getLogger(__name__)

REST_SECONDS = 30.0  # an unreachable remote browser is tried last for this time


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the browser pool."""

    browser: DebugBrowser | None
    """None if Playwright starts the session's browser."""


class BrowserPool:
    """Limits the number of concurrent browsers, and keeps one idle browser running for the next session."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free_places = asyncio.Semaphore(settings.max_browsers)
        self._warm: list[DebugBrowser] = []
        self._all: dict[DebugBrowser, BrowserChoice] = {}
        self._launching: list[BrowserChoice] = []
        self._failed_at: dict[BrowserChoice, float] = {}
        self._has_warned = False
        self._guard: PolicyProxy | None = None

    @asynccontextmanager
    async def place(self, target: VisitTarget, stop: asyncio.Event) -> AsyncIterator[Place | None]:
        """Wait for a place for a visit to *target*, and yield it; yields None if *stop* is set first.

        A stop does not wait for a browser that is starting; that browser is closed when the block ends.

        Raises:
            BrowserMissing: There is no browser.
            BrowserError: The browser could not be started.
        """
        acquiring = asyncio.ensure_future(self._acquire_for(target))
        stopping = asyncio.ensure_future(stop.wait())
        try:
            await asyncio.wait((acquiring, stopping), return_when=asyncio.FIRST_COMPLETED)
            yield None if stop.is_set() else Place(await acquiring)
        finally:
            stopping.cancel()
            await asyncio.shield(self._give_back(acquiring))

    async def acquire(self, *, signs_in: bool = False) -> DebugBrowser:
        """Return a healthy browser; waits while all browsers are in use.

        Args:
            signs_in: Whether the session has credentials for a website or proxy.

        Raises:
            BrowserMissing: There is no browser on this machine.
            BrowserError: The browser could not be started.
        """
        await self._free_places.acquire()
        try:
            while self._warm:
                browser = self._warm.pop()
                if browser.is_for(signs_in=signs_in) and await browser.is_healthy():
                    return browser
                await self._end(browser)
            return await self._launch(signs_in)
        except BaseException:
            self._free_places.release()
            raise

    async def release(self, browser: DebugBrowser | None) -> None:
        """Give a browser back; it keeps running for the next session if it is healthy and no other one is idle."""
        try:
            if browser is None:
                return
            if not self._warm and await browser.is_healthy():
                self._warm.append(browser)
            else:
                await self._end(browser)
        finally:
            self._free_places.release()

    async def close(self) -> None:
        """Close all browsers, including those in use."""
        self._warm.clear()
        await asyncio.gather(*(self._end(browser) for browser in tuple(self._all)))
        if self._guard is not None:
            await self._guard.__aexit__(None, None, None)
            self._guard = None

    async def _acquire_for(self, target: VisitTarget) -> DebugBrowser | None:
        if target.is_driven_by_playwright:
            await self._free_places.acquire()
            return None
        return await self.acquire(signs_in=signs_in(target.options, target.url))

    async def _give_back(self, acquiring: "asyncio.Future[DebugBrowser | None]") -> None:
        acquiring.cancel()
        await asyncio.wait([acquiring])
        if not acquiring.cancelled() and acquiring.exception() is None:
            await self.release(acquiring.result())

    async def _launch(self, signs_in: bool) -> DebugBrowser:
        """Start or connect to a browser: the least used choice first, recently unreachable ones last."""
        choices = find_browsers(self._settings)
        while True:
            choice = min(choices, key=self._launch_order)
            choices.remove(choice)
            self._launching.append(choice)
            try:
                return await self._launch_one(choice, signs_in)
            except BrowserError as error:
                if not choices:
                    raise
                self._failed_at[choice] = monotonic()
                logger.warning("a remote browser was skipped", extra={"reason": str(error)})
            finally:
                self._launching.remove(choice)

    def _launch_order(self, choice: BrowserChoice) -> tuple[bool, int, float]:
        """Return a sort key: the lowest is used. Ties are broken at random, because workers share the choices."""
        has_failed = monotonic() - self._failed_at.get(choice, -REST_SECONDS) < REST_SECONDS
        return has_failed, [*self._all.values(), *self._launching].count(choice), random()  # noqa: S311 (no secret)

    async def _launch_one(self, choice: BrowserChoice, signs_in: bool) -> DebugBrowser:
        if choice.executable is not None and not self._has_warned:
            self._has_warned = True
            if words := (await asyncio.to_thread(confinement_of, choice.executable)).words:
                logger.warning("the browser is less confined than it could be", extra={"reason": words})
        if choice.executable is not None and self._guard is None:
            self._guard = await PolicyProxy(self._settings.address_policy.refusal).__aenter__()
        browser = await DebugBrowser.launch(
            choice, self._guard, self._settings.address_policy.for_the_operator().refusal, signs_in=signs_in
        )
        self._all[browser] = choice
        return browser

    async def _end(self, browser: DebugBrowser) -> None:
        self._all.pop(browser, None)
        await browser.close()
