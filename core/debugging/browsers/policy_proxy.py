"""A SOCKS proxy on loopback that decides for each connection of a debug session's browser whether it is allowed.

Interception with Playwright or CDP is not enough: redirects, frames and changing DNS records get past it. SOCKS 5
(RFC 1928) does not change requests. But behind a proxy the browser reports wrong remote addresses, lookup times and
connection errors, so this proxy also records the true ones.
"""

import asyncio
import contextlib
import errno
import re
import socket
import struct
from collections import OrderedDict, deque
from dataclasses import dataclass
from time import perf_counter
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from core.addresses import MayConnect, effective_port, name_to_look_up
from core.background import Background
from core.debugging.browsers.proxy_relay import ProxyRelay, pass_both_ways

Timing = dict[str, Any]

HANDSHAKE_SECONDS = 10.0
CONNECT_SECONDS = 30.0  # per address; the session's time limit is usually shorter
HOSTS_KEPT = 2_000  # hosts whose connections are remembered; a page uses tens
CONNECTIONS_KEPT = 20  # connections remembered per host and port; a browser opens six concurrently
_SOCKS_CODE = re.compile(r"net::ERR_SOCKS_[A-Z_]+")
TCP_INFO = struct.Struct("68xI28xI")  # tcpi_rtt and tcpi_total_retrans of linux/tcp.h
NO_WAY_PAST = (  # Chromium arguments against traffic that would bypass a proxy
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
REFUSED = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
GRANTED, NOT_ALLOWED, FAILED, NO_SUCH_COMMAND = 0, 2, 1, 7  # RFC 1928, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedConnection:
    """A connection that the proxy opened."""

    address: str
    dns_ms: float | None
    """None if the host was an IP address."""
    connect_ms: float
    took_ms: float
    """Lookup and connect together, as this proxy measured them; identifies the connection in the browser's timing."""


class ConnectError(Exception):
    """The proxy did not connect; `code` is Chromium's code for the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PolicyProxy:
    """The proxy server; it runs during the ``async with`` block, and several browsers may share it."""

    def __init__(self, may_connect: MayConnect) -> None:
        self._may_connect = may_connect
        self._opened: OrderedDict[tuple[str, int], deque[OpenedConnection]] = OrderedDict()
        self._errors: dict[tuple[str, int], str] = {}
        self._relayed: dict[int, tuple[str, int]] = {}
        self._background = Background()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is not None:
            self._server.close()
        await self._background.stop()

    @property
    def address(self) -> str:
        """The proxy's URL for a browser's settings."""
        assert self._server is not None
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def relay(self, proxy: str) -> ProxyRelay:
        """Return an open relay to the session's own *proxy*, whose address must be allowed; the caller closes it."""
        relay = ProxyRelay(proxy, self._connect, ConnectError)
        await relay.open()
        self._relayed[relay.port] = relay.proxy
        return relay

    @property
    def arguments(self) -> tuple[str, ...]:
        """Chromium's arguments that send all its traffic through this proxy, including loopback names and WebRTC."""
        return (f"--proxy-server={self.address}", "--proxy-bypass-list=<-loopback>", *NO_WAY_PAST)

    def true_error(self, url: str, reported: str) -> str:
        """Return the true error code of a request to *url* if *reported* is only a proxy error, else *reported*."""
        is_proxy_error = "SOCKS" in reported or "NS_ERROR_PROXY" in reported
        return self._errors.get(_host_and_port(url), reported) if is_proxy_error else reported

    def true_response(self, url: str, response: dict[str, Any]) -> dict[str, Any]:
        """Return CDP's ``Network.Response`` of *url* with the true remote address, lookup and connect times.

        The proxy's own overhead counts as time stalled, not as part of lookup or connect.
        """
        relayed = self._relayed.get(response.get("remotePort", 0))
        host, port = relayed or _host_and_port(url)
        opened = self._opened.get((host, port))
        if not opened or not response.get("remoteIPAddress"):
            return response
        timing: Timing | None = response.get("timing")
        ours = min(opened, key=lambda connection: _distance(connection, timing))
        corrected = response | {"remoteIPAddress": ours.address, "remotePort": port}
        if timing and timing.get("connectStart", -1.0) >= 0:
            corrected["timing"] = timing | _reached(timing, ours, is_whole=relayed is None)
        return corrected

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Our own task, because asyncio's would print a traceback when it is cancelled (fixed in Python 3.12).
        self._background.run(self._attend(reader, writer), "policy proxy")

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            requested = await _requested(reader, writer)
        if requested is None:
            writer.write(_reply(NO_SUCH_COMMAND))
            return
        try:
            upstream_reader, upstream = await self._connect(*requested)
        except ConnectError as error:
            if len(self._errors) > HOSTS_KEPT:
                self._errors.clear()
            self._errors[requested] = error.code
            writer.write(_reply(NOT_ALLOWED if error.code == REFUSED else FAILED))
            await writer.drain()
            return
        writer.write(_reply(GRANTED))
        await pass_both_ways((reader, writer), (upstream_reader, upstream))

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the first address that is allowed and reachable.

        Raises:
            ConnectError: There is no such address.
        """
        began = perf_counter()
        addresses = await _addresses(host, port)
        looked_up = perf_counter()
        error = ConnectError("net::ERR_NAME_NOT_RESOLVED")
        for address in addresses:
            if self._may_connect(host, address, port) is not None:
                error = ConnectError(REFUSED)
                continue
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    streams = await asyncio.open_connection(address, port)
            except (OSError, TimeoutError) as failure:
                error = ConnectError(_code(failure))
                continue
            is_name = address != host
            dns_ms = (looked_up - began) * 1000 if is_name else None
            ended = perf_counter()
            connect_ms = _handshake_ms(streams[1], at_most=(ended - looked_up) * 1000)
            took_ms = (ended - began) * 1000
            self._remember(
                (host, port), OpenedConnection(address=address, dns_ms=dns_ms, connect_ms=connect_ms, took_ms=took_ms)
            )
            return streams
        raise error

    def _remember(self, host_and_port: tuple[str, int], opened: OpenedConnection) -> None:
        self._opened.setdefault(host_and_port, deque(maxlen=CONNECTIONS_KEPT)).append(opened)
        self._opened.move_to_end(host_and_port)
        if len(self._opened) > HOSTS_KEPT:
            self._opened.popitem(last=False)


def true_error(guard: PolicyProxy | None, url: str, reported: str) -> str:
    """Return `PolicyProxy.true_error`, or *reported* if the browser connects directly (no *guard*)."""
    return reported if guard is None else guard.true_error(url, reported)


def true_message(guard: PolicyProxy | None, url: str, text: str) -> str:
    """Replace the proxy's error code in a browser message about *url* with the true code."""
    return _SOCKS_CODE.sub(lambda code: true_error(guard, url, code[0]), text) if "ERR_SOCKS_" in text else text


def true_response(guard: PolicyProxy | None, url: str, response: dict[str, Any]) -> dict[str, Any]:
    """Return `PolicyProxy.true_response`, or *response* if the browser connects directly (no *guard*)."""
    return response if guard is None else guard.true_response(url, response)


def _reached(timing: Timing, opened: OpenedConnection, *, is_whole: bool) -> Timing:
    """Return true times for lookup and connect.

    *is_whole* says that the browser's connect phase contains only these two; behind a relay it also contains the
    handshake with the session's own proxy.
    """
    began = timing["connectStart"]
    connected = timing["sslStart"] if timing.get("sslStart", -1.0) >= 0 else timing["connectEnd"]
    looked_up = min(began + (opened.dns_ms or 0.0), connected)
    names = {} if opened.dns_ms is None else {"dnsStart": began, "dnsEnd": looked_up}
    return names | {"connectStart": max(looked_up, connected - opened.connect_ms) if is_whole else looked_up}


def _handshake_ms(writer: asyncio.StreamWriter, *, at_most: float) -> float:
    """Return the duration of the TCP handshake: the kernel's value if available, since our event loop may be late."""
    if not hasattr(socket, "TCP_INFO"):
        return at_most
    try:
        reported = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
        round_trip_us, sent_again = TCP_INFO.unpack(reported)
    except (OSError, struct.error):
        return at_most
    return at_most if sent_again or not round_trip_us else min(at_most, float(round_trip_us) / 1000)


async def _requested(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
    """Read a SOCKS request; None for any command but CONNECT."""
    version, methods = await reader.readexactly(2)
    await reader.readexactly(methods)
    if version != 5:
        raise ValueError("not SOCKS 5")
    writer.write(b"\x05\x00")
    _version, command, _reserved, kind = await reader.readexactly(4)
    if kind == 1:
        host = socket.inet_ntop(socket.AF_INET, await reader.readexactly(4))
    elif kind == 4:
        host = socket.inet_ntop(socket.AF_INET6, await reader.readexactly(16))
    else:
        (length,) = await reader.readexactly(1)
        host = (await reader.readexactly(length)).decode("ascii").lower()
    (port,) = struct.unpack("!H", await reader.readexactly(2))
    return (host, port) if command == 1 else None


def _reply(code: int) -> bytes:
    return bytes((5, code, 0, 1)) + bytes(6)


async def _addresses(host: str, port: int) -> list[str]:
    try:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(name_to_look_up(host), port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise ConnectError("net::ERR_NAME_NOT_RESOLVED") from error
    return list(dict.fromkeys(str(host_and_port[0]) for *_kinds, host_and_port in found))


def _code(failure: OSError) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "net::ERR_CONNECTION_REFUSED"
    if isinstance(failure, TimeoutError):
        return "net::ERR_CONNECTION_TIMED_OUT"
    if failure.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "net::ERR_ADDRESS_UNREACHABLE"
    return "net::ERR_CONNECTION_FAILED"


def _host_and_port(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "", effective_port(parts))


def _distance(opened: OpenedConnection, timing: Timing | None) -> float:
    """Return how much *opened* differs in time from *timing*, to tell concurrent connections apart."""
    if not timing or timing.get("connectStart", -1.0) < 0:
        return 0.0
    tls = timing["sslEnd"] - timing["sslStart"] if timing.get("sslStart", -1.0) >= 0 else 0.0
    return float(abs(timing["connectEnd"] - timing["connectStart"] - tls - opened.took_ms))
