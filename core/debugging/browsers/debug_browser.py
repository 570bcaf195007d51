"""Provides browsers for debug sessions: contexts to open pages in, health checks, and a pool."""

import asyncio
import contextlib
import logging
from random import random
from time import monotonic
from urllib.parse import urlsplit

from core.addresses import FOR_THE_OPERATOR, MayConnect
from core.config import Settings
from core.debugging.browser import BrowserChoice, find_browsers
from core.debugging.browsers.chromium_process import sweep_profiles
from core.debugging.browsers.confinement import confinement_of
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.browsers.proxy_relay import ProxyRelay
from core.debugging.browsers.running_browser import RunningBrowser, run
from core.debugging.cdp.connection import CdpConnection, CdpError
from core.debugging.cdp.targets import TargetHub, TargetWatcher
from core.errors import BrowserError
from core.schemas.session_options import SessionOptions

logger = logging.getLogger(__name__)

SESSIONS_PER_BROWSER = 50  # then the browser is replaced, because its memory grows with each session
HEALTH_TIMEOUT_SECONDS = 2.0
REST_SECONDS = 30.0  # an unreachable remote browser is tried last for this time


class DebugBrowser:
    """One running Chromium that serves one session at a time, each in a fresh context."""

    def __init__(
        self,
        process: RunningBrowser,
        hub: TargetHub,
        *,
        version: str,
        user_agent: str,
        guard: PolicyProxy | None = None,
        signs_in: bool = False,
    ) -> None:
        self.guard = guard
        """The proxy through which the browser connects; None for a remote browser, which connects directly."""
        self._signs_in = signs_in
        self._relays: dict[str, ProxyRelay] = {}
        self._process = process
        self._hub = hub
        self.version = version
        """Such as ``156.0.8078.79``."""
        self.user_agent = user_agent
        self.served = 0
        """Number of sessions so far."""

    @classmethod
    async def launch(
        cls,
        choice: BrowserChoice,
        guard: PolicyProxy | None = None,
        may_connect: MayConnect = FOR_THE_OPERATOR.refusal,
        *,
        signs_in: bool = False,
    ) -> "DebugBrowser":
        """Start the chosen browser, or connect to it if it is remote.

        Args:
            guard: The proxy through which a local browser connects.
            may_connect: Decides whether the address of a remote browser is allowed.
            signs_in: Whether the browser is for sessions with credentials for a website or proxy; a remote browser
                serves all sessions.

        Raises:
            BrowserError: The browser could not be started; the message says why.
        """
        process = await run(choice, guard, may_connect, signs_in)
        try:
            facts = await process.connection.root.send("Browser.getVersion")
            hub = TargetHub(process.connection)
            await hub.start()
        except BaseException:
            await process.kill()
            raise
        version = facts["product"].rpartition("/")[2]
        return cls(process, hub, version=version, user_agent=facts["userAgent"], guard=guard, signs_in=signs_in)

    @property
    def connection(self) -> CdpConnection:
        return self._process.connection

    @property
    def hub(self) -> TargetHub:
        return self._hub

    @property
    def pid(self) -> int:
        """Id of the browser's process group; 0 for a remote browser."""
        return self._process.pid

    async def is_healthy(self) -> bool:
        """Whether the browser runs, answers quickly and has not served too many sessions."""
        if not self._process.is_alive or self.served >= SESSIONS_PER_BROWSER:
            return False
        try:
            await self.connection.root.send("Browser.getVersion", timeout=HEALTH_TIMEOUT_SECONDS)
        except CdpError:
            return False
        return True

    def is_for(self, *, signs_in: bool) -> bool:
        """Whether the browser can serve a session with (*signs_in*) or without credentials for a website or proxy."""
        return self._signs_in == signs_in or not self.pid

    def explained(self, words: str) -> str:
        """Return *words*, which say how the browser or page ended, and the reason if it was a lack of memory."""
        return self._process.memory.explained(words) if self._process.memory is not None else words

    def retire(self) -> None:
        """Use the browser for no further session, because this one may leave something behind."""
        self.served = SESSIONS_PER_BROWSER

    async def open_context(self, options: SessionOptions, watcher: TargetWatcher) -> str:
        """Create a context that *watcher* watches from its first target on, and return its id.

        Raises:
            CdpError: The browser could not create it.
        """
        if self._process.memory is not None:
            self._process.memory.begin()
        wishes: dict[str, object] = {"disposeOnDetach": True}
        relay = await self.guard.relay(options.proxy) if options.proxy and self.guard is not None else None
        if options.proxy:
            server = options.proxy if relay is None else relay.address
            wishes |= {"proxyServer": server, "proxyBypassList": "<-loopback>"}
        try:
            made = await self.connection.root.send("Target.createBrowserContext", wishes)
        except BaseException:
            if relay is not None:
                await relay.close()
            raise
        context_id = str(made["browserContextId"])
        if relay is not None:
            self._relays[context_id] = relay
        self.served += 1
        self._hub.watch(context_id, watcher)
        await self.connection.root.send(
            "Browser.setDownloadBehavior", {"behavior": "deny", "browserContextId": context_id}
        )
        return context_id

    async def set_cookies(self, context_id: str, options: SessionOptions, url: str) -> None:
        """Set the session's cookies in the context; cookies without a domain are for the host of *url*.

        Raises:
            CdpError: The browser rejected a cookie.
        """
        cookies = [
            {
                "name": cookie.name,
                "value": cookie.value,
                "domain": cookie.domain or urlsplit(url).hostname,
                "path": cookie.path,
                "secure": cookie.is_secure,
                "httpOnly": cookie.is_http_only,
            }
            for cookie in options.cookies
        ]
        if not cookies:
            return
        wishes = {"cookies": cookies, "browserContextId": context_id}
        try:
            await self.connection.root.send("Storage.setCookies", wishes)
        except CdpError as error:
            raise CdpError(f"The page could not be prepared: {error}") from error

    async def close_context(self, context_id: str) -> None:
        """Close the context with all its pages and workers."""
        self._hub.unwatch(context_id)
        with contextlib.suppress(CdpError):
            await self.connection.root.send(
                "Target.disposeBrowserContext", {"browserContextId": context_id}, timeout=HEALTH_TIMEOUT_SECONDS
            )
        if (relay := self._relays.pop(context_id, None)) is not None:
            await relay.close()

    async def close(self) -> None:
        """Close the browser with all its processes, or disconnect from a remote one."""
        await self._hub.close()
        await self._process.close()

    async def kill(self) -> None:
        """End the browser without asking it to close first."""
        await self._hub.close()
        await self._process.kill()


class BrowserPool:
    """Limits the number of concurrent browsers, and keeps one idle browser running for the next session."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free_places = asyncio.Semaphore(settings.max_browsers)
        self._warm: list[DebugBrowser] = []
        self._all: dict[DebugBrowser, BrowserChoice] = {}
        self._launching: list[BrowserChoice] = []
        self._failed_at: dict[BrowserChoice, float] = {}
        self._has_swept = False
        self._guard: PolicyProxy | None = None

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

    async def reserve(self) -> None:
        """Reserve a place for a browser that the caller runs; the caller gives it back with ``release(None)``."""
        await self._free_places.acquire()

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
        if choice.executable is not None and not self._has_swept:
            self._has_swept = True
            await asyncio.to_thread(sweep_profiles)
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
