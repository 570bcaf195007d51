"""Provides a browser for debug sessions: contexts to open pages in, and a health check."""

import contextlib
from urllib.parse import urlsplit

from core.addresses import FOR_THE_OPERATOR, MayConnect
from core.debugging.browser import BrowserChoice
from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.browsers.proxy_relay import ProxyRelay
from core.debugging.browsers.running_browser import RunningBrowser, run
from core.debugging.cdp.connection import CdpError
from core.debugging.cdp.targets import TargetHub, TargetWatcher
from core.schemas.session_options import SessionOptions

SESSIONS_PER_BROWSER = 50  # then the browser is replaced, because its memory grows with each session
HEALTH_TIMEOUT_SECONDS = 2.0


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
        self._guard = guard
        self.facts = guard.facts if guard else ConnectionFacts()
        """The truth about its connections; nothing for a remote browser, which connects directly."""
        self._signs_in = signs_in
        self._relays: dict[str, ProxyRelay] = {}
        self._process = process
        self.connection = process.connection
        self.pid = process.pid
        """Id of the browser's process group; 0 for a remote browser."""
        self.hub = hub
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
        relay = await self._guard.relay(options.proxy) if options.proxy and self._guard is not None else None
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
        self.hub.watch(context_id, watcher)
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
        self.hub.unwatch(context_id)
        with contextlib.suppress(CdpError):
            await self.connection.root.send(
                "Target.disposeBrowserContext", {"browserContextId": context_id}, timeout=HEALTH_TIMEOUT_SECONDS
            )
        if (relay := self._relays.pop(context_id, None)) is not None:
            await relay.close()

    async def close(self) -> None:
        """Close the browser with all its processes, or disconnect from a remote one."""
        await self.hub.close()
        await self._process.close()

    async def kill(self) -> None:
        """End the browser without asking it to close first."""
        await self.hub.close()
        await self._process.kill()
