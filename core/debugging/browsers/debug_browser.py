"""A browser as a debug session needs it: contexts to open pages in, and whether it is still well."""

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

SESSIONS_PER_BROWSER = 50  # then a new one: browsers grow with what they have seen
HEALTH_TIMEOUT_SECONDS = 2.0
REST_SECONDS = 30.0  # a remote browser that could not be reached comes last for so long


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
        """Through which it connects; None where it runs elsewhere, and connects by itself."""
        self._signs_in = signs_in
        self._relays: dict[str, ProxyRelay] = {}
        self._process = process
        self._hub = hub
        self.version = version
        """Such as ``156.0.8078.79``."""
        self.user_agent = user_agent
        self.served = 0
        """Sessions so far."""

    @classmethod
    async def launch(
        cls,
        choice: BrowserChoice,
        guard: PolicyProxy | None = None,
        may_connect: MayConnect = FOR_THE_OPERATOR.refusal,
        *,
        signs_in: bool = False,
    ) -> "DebugBrowser":
        """Start the chosen browser, which connects through *guard*; a remote one must be where *may_connect* lets us.

        Args:
            signs_in: Whether it is for sessions that have a name and password for a server or a proxy; a remote one
                is for all.

        Raises:
            BrowserError: It could not be started; the message says why.
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
        """Of the browser's process group."""
        return self._process.pid

    async def is_well(self) -> bool:
        """Whether it lives, answers quickly and has not served too long."""
        if not self._process.is_alive or self.served >= SESSIONS_PER_BROWSER:
            return False
        try:
            await self.connection.root.send("Browser.getVersion", timeout=HEALTH_TIMEOUT_SECONDS)
        except CdpError:
            return False
        return True

    def is_for(self, *, signs_in: bool) -> bool:
        """Whether it can serve a session that has, or has not, a name and password for a server or a proxy."""
        return self._signs_in == signs_in or not self.pid

    def explained(self, words: str) -> str:
        """*words* of how it or its page ended, with the reason where it is known to be a lack of memory."""
        return self._process.memory.explained(words) if self._process.memory is not None else words

    def retire(self) -> None:
        """Serve no session after this one, of which something may be left."""
        self.served = SESSIONS_PER_BROWSER

    async def open_context(self, options: SessionOptions, watcher: TargetWatcher) -> str:
        """A fresh context, watched from its first target on; returns its id.

        Raises:
            CdpError: The browser could not make it.
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
        """Give the context the session's cookies, for *url*'s host where they name none.

        Raises:
            CdpError: The browser refused one.
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
        if cookies:
            await self.connection.root.send("Storage.setCookies", {"cookies": cookies, "browserContextId": context_id})

    async def close_context(self, context_id: str) -> None:
        """End all pages and workers of the context."""
        self._hub.unwatch(context_id)
        with contextlib.suppress(CdpError):
            await self.connection.root.send(
                "Target.disposeBrowserContext", {"browserContextId": context_id}, timeout=HEALTH_TIMEOUT_SECONDS
            )
        if (relay := self._relays.pop(context_id, None)) is not None:
            await relay.close()

    async def close(self) -> None:
        """End the browser and whatever it started."""
        await self._hub.close()
        await self._process.close()

    async def kill(self) -> None:
        """`close`, without waiting for a goodbye."""
        await self._hub.close()
        await self._process.kill()


class BrowserPool:
    """At most so many browsers at once; one that is free stays warm for the next session."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._free_places = asyncio.Semaphore(settings.max_browsers)
        self._warm: list[DebugBrowser] = []
        self._all: dict[DebugBrowser, BrowserChoice] = {}
        self._launching: list[BrowserChoice] = []
        self._refused_at: dict[BrowserChoice, float] = {}
        self._has_swept = False
        self._guard: PolicyProxy | None = None

    async def acquire(self, *, signs_in: bool = False) -> DebugBrowser:
        """A browser that is well; waits while all places are taken.

        Args:
            signs_in: Whether the session has a name and password for a server or a proxy.

        Raises:
            BrowserMissing: There is none on this machine.
            BrowserError: It could not be started.
        """
        await self._free_places.acquire()
        try:
            while self._warm:
                browser = self._warm.pop()
                if browser.is_for(signs_in=signs_in) and await browser.is_well():
                    return browser
                await self._end(browser)
            return await self._launch(signs_in)
        except BaseException:
            self._free_places.release()
            raise

    async def reserve(self) -> None:
        """A place for a browser that somebody else runs; to be given back with ``release(None)``."""
        await self._free_places.acquire()

    async def release(self, browser: DebugBrowser | None) -> None:
        """Give a browser back; it is kept warm unless another one is, or it is not well."""
        try:
            if browser is None:
                return
            if not self._warm and await browser.is_well():
                self._warm.append(browser)
            else:
                await self._end(browser)
        finally:
            self._free_places.release()

    async def close(self) -> None:
        """End all browsers, also those in use."""
        self._warm.clear()
        await asyncio.gather(*(self._end(browser) for browser in tuple(self._all)))
        if self._guard is not None:
            await self._guard.__aexit__(None, None, None)
            self._guard = None

    async def _launch(self, signs_in: bool) -> DebugBrowser:
        """A browser of whichever choice will do: the least busy one first, those that were dead a moment ago last."""
        choices = find_browsers(self._settings)
        while True:
            choice = min(choices, key=self._reluctance)
            choices.remove(choice)
            self._launching.append(choice)
            try:
                return await self._launch_one(choice, signs_in)
            except BrowserError as error:
                if not choices:
                    raise
                self._refused_at[choice] = monotonic()
                logger.warning("a remote browser was skipped", extra={"reason": str(error)})
            finally:
                self._launching.remove(choice)

    def _reluctance(self, choice: BrowserChoice) -> tuple[bool, int, float]:
        """What comes first is taken; of equals any, as other workers choose among the same."""
        is_dead = monotonic() - self._refused_at.get(choice, -REST_SECONDS) < REST_SECONDS
        return is_dead, [*self._all.values(), *self._launching].count(choice), random()  # noqa: S311 (no secret)

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
