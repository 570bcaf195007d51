"""Connects to a remote browser: through a Playwright server (``ws://``) or its own CDP port (``http://``)."""

import asyncio
import contextlib
import logging
import re
import socket
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from core.addresses import MayConnect, effective_port, name_to_look_up
from core.background import Background
from core.debugging.browsers.lack_of_memory import LackOfMemory
from core.debugging.cdp.connection import CdpConnection
from core.debugging.cdp.nested import NestedConnection
from core.errors import BrowserError
from core.schemas.url import place_of

if TYPE_CHECKING:
    from playwright.async_api import Browser, Playwright

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 30.0  # as in Playwright; a service that starts browsers on demand needs some time
LEAVE_SECONDS = 5.0  # longest wait for a server that hangs while we disconnect
DETACH = {"autoAttach": False, "waitForDebuggerOnStart": False, "flatten": True}
OLDEST_CHROMIUM = 120  # the first version whose protocol supports all that we use


async def require_open(endpoint: str, may_connect: MayConnect) -> None:
    """Raise unless *may_connect* allows every current address of the host of *endpoint*.

    This runs before connecting, because Playwright's driver, a separate program, opens the connection.

    Raises:
        BrowserError: An address is not allowed, or the name does not resolve; nothing was sent.
    """
    parts = urlsplit(endpoint)
    host, port = parts.hostname or "", effective_port(parts)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name_to_look_up(host), port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: not a valid host name
        raise BrowserError(f"No browser answers at {_named(endpoint)}: {error}.") from error
    reasons = filter(None, (may_connect(host, str(place[0]), port) for *_kind, place in found))
    if reason := next(reasons, None):
        raise BrowserError(f"{_named(endpoint)} may not be connected to: {reason}.")


class CdpServer:
    """A Chromium that was started with ``--remote-debugging-port``; it keeps running after we disconnect."""

    pid = 0
    memory: LackOfMemory | None = None

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue()
        self.connection = CdpConnection(self._outgoing.put_nowait)
        self._background = Background()
        self._background.run(self._read(), "cdp in")
        self._background.run(self._write(), "cdp out")

    @classmethod
    async def connect(cls, endpoint: str) -> "CdpServer":
        """Connect to the browser at *endpoint*.

        Raises:
            BrowserError: Nothing answers there, or the browser is too old.
        """
        import httpx  # 5 MB, needed only for remote browsers

        try:
            async with httpx.AsyncClient(trust_env=False, timeout=CONNECT_SECONDS) as client:
                facts = (await client.get(f"{endpoint.rstrip('/')}/json/version")).raise_for_status().json()
            _refuse_too_old(endpoint, facts["Browser"])
            address = _at_same_host(facts["webSocketDebuggerUrl"], endpoint)
            socket = await connect(
                address, max_size=None, proxy=None, open_timeout=CONNECT_SECONDS, compression=None, ping_interval=None
            )
        except (httpx.HTTPError, WebSocketException, OSError, ValueError, KeyError) as error:
            why = _without_secrets(endpoint, str(error).partition("\n")[0]) or type(error).__name__
            raise BrowserError(
                f"No browser answers at {_named(endpoint)}: {why}; start one with "
                "--remote-debugging-port, or unset the variable."
            ) from error
        return cls(socket)

    @property
    def is_alive(self) -> bool:
        return not self.connection.is_closed

    async def close(self) -> None:
        await self._background.stop()
        await self._socket.close()
        self.connection.close()

    async def kill(self) -> None:
        await self.close()

    async def _read(self) -> None:
        try:
            async for message in self._socket:
                self.connection.receive(message.encode() if isinstance(message, str) else message)
        except WebSocketException:
            logger.debug("the remote browser's connection broke")
        finally:
            self.connection.close("The connection to the remote browser ended.")

    async def _write(self) -> None:
        with contextlib.suppress(WebSocketException):  # `_read` gets the same error and closes the connection
            while True:
                await self._socket.send((await self._outgoing.get()).decode())


class PlaywrightServer:
    """A browser behind ``playwright launch-server``; it keeps running after we disconnect."""

    pid = 0
    memory: LackOfMemory | None = None

    def __init__(
        self, leaving: contextlib.AsyncExitStack, browser: Any, session: Any, connection: NestedConnection
    ) -> None:
        """*leaving* ends the Playwright driver that holds the connection."""
        self._leaving = leaving
        self._browser = browser
        self._session = session
        self.connection: CdpConnection = connection
        self._nested = connection

    @classmethod
    async def connect(cls, endpoint: str) -> "PlaywrightServer":
        """Connect to the server at *endpoint*.

        Raises:
            BrowserError: Nothing answers there, the server has another version, or its browser is not Chromium.
        """
        from playwright.async_api import Error

        from core.debugging.browsers.playwright_driver import driver

        async with contextlib.AsyncExitStack() as ending:
            running = await ending.enter_async_context(driver())
            browser = await connected(running.playwright, endpoint)
            try:
                session = await browser.new_browser_cdp_session()
            except Error as error:
                raise BrowserError(_why_not_connected(endpoint, error.message)) from error
            leaving = ending.pop_all()
        nested = NestedConnection(session.send)
        session.on("event", lambda event: nested.on_root_event(event["method"], event["params"]))
        browser.on("disconnected", lambda _browser: nested.close("The connection to the remote browser ended."))
        return cls(leaving, browser, session, nested)

    @property
    def is_alive(self) -> bool:
        return not self.connection.is_closed and self._browser.is_connected()

    async def close(self) -> None:
        from playwright.async_api import Error

        self.connection.close()
        await self._nested.finish()
        with contextlib.suppress(Error, TimeoutError):
            async with asyncio.timeout(LEAVE_SECONDS):
                # Chromium 156 exits when the next client attaches while we are still attached.
                await self._session.send("Target.setAutoAttach", DETACH)
                await self._session.detach()
        await self._leaving.aclose()

    async def kill(self) -> None:
        await self.close()


async def connected(playwright: "Playwright", endpoint: str) -> "Browser":
    """Connect Playwright to the Chromium at *endpoint*: a Playwright server or a CDP port.

    Raises:
        BrowserError: Nothing answers there, or the server has another version.
    """
    from playwright.async_api import Error

    chromium = playwright.chromium
    connect = chromium.connect_over_cdp if endpoint.startswith("http") else chromium.connect
    try:
        return await connect(endpoint, timeout=CONNECT_SECONDS * 1000)
    except Error as error:
        raise BrowserError(_why_not_connected(endpoint, error.message)) from error


def _refuse_too_old(endpoint: str, product: str) -> None:
    major = product.partition("/")[2].partition(".")[0]
    if major.isdigit() and int(major) < OLDEST_CHROMIUM:
        raise BrowserError(
            f"The browser at {place_of(endpoint)} is {product}, which is too old: Watchwright needs Chromium "
            f"{OLDEST_CHROMIUM} or newer."
        )


def _at_same_host(socket_url: str, endpoint: str) -> str:
    # The browser reports its own host and port, which may be unreachable for us behind a port mapping.
    secure = "wss" if endpoint.startswith("https") else "ws"
    return urlunsplit(urlsplit(socket_url)._replace(scheme=secure, netloc=urlsplit(endpoint).netloc))


def _why_not_connected(endpoint: str, words: str) -> str:
    ours = ".".join(version("playwright").split(".")[:2])
    if "version mismatch" in words.lower() or "428" in words:
        return (
            f"The Playwright server at {place_of(endpoint)} is of another version than ours, {ours}: start it with "
            f"`npx playwright@{ours} launch-server`, or install the version here that runs there."
        )
    first = next((line.strip() for line in words.splitlines() if line.strip()), "it said nothing")
    why = _without_secrets(endpoint, first)[:300]
    return f"The browser at {_named(endpoint)} cannot be used: {why}"


def _named(endpoint: str) -> str:
    return f"WATCHWRIGHT_BROWSER_ENDPOINT={place_of(endpoint)}"


def _without_secrets(endpoint: str, words: str) -> str:
    """Shorten URLs in an error message to scheme, host and port: they repeat the endpoint with its secrets."""
    return re.sub(r"\b(?:ws|http)s?://[^\s'\"]+", place_of(endpoint), words)
