"""A proxy of our own on loopback that a debug session's browser connects through: it decides at connect time.

A browser cannot be held back from inside: redirects, frames and names that lead elsewhere get past what Playwright or
CDP intercept. SOCKS 5 (RFC 1928) leaves the requests as they are; what a proxy falsifies – remote address, name
lookup, why a connection failed – is told by the proxy.
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

from core.addresses import MayConnect, meant_port, name_to_look_up
from core.background import Background
from core.debugging.browsers.proxy_relay import ProxyRelay, pass_both_ways

Timing = dict[str, Any]

HANDSHAKE_SECONDS = 10.0
CONNECT_SECONDS = 30.0  # to one address; the session's own limit usually comes first
KEPT = 2_000  # hosts about whose connections something is known, of which a page has tens
KEPT_OF_PLACE = 20  # connections to one host and port, of which a browser makes six at once
_SOCKS_CODE = re.compile(r"net::ERR_SOCKS_[A-Z_]+")
TCP_INFO = struct.Struct("68xI28xI")  # tcpi_rtt and tcpi_total_retrans of linux/tcp.h
NO_WAY_PAST = (  # of Chromium, for what no proxy carries
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
REFUSED = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
GRANTED, NOT_ALLOWED, FAILED, NO_SUCH_COMMAND = 0, 2, 1, 7  # RFC 1928, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A connection that was made."""

    address: str
    dns_ms: float | None
    """None where the host was an address."""
    connect_ms: float
    took_ms: float
    """Both as this proxy saw them, by which a connection is known again."""


class NotMade(Exception):
    """A connection that was not made, with Chromium's code for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PolicyProxy:
    """Serves between entering and leaving; one may serve several browsers."""

    def __init__(self, may_connect: MayConnect) -> None:
        self._may_connect = may_connect
        self._made: OrderedDict[tuple[str, int], deque[Made]] = OrderedDict()
        self._not_made: dict[tuple[str, int], str] = {}
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
        """For a browser's settings."""
        assert self._server is not None
        return f"socks5://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def relay(self, proxy: str) -> ProxyRelay:
        """A way to a *proxy* that a session names, whose address is judged like any other; to be closed."""
        relay = ProxyRelay(proxy, self._connect, NotMade)
        await relay.open()
        self._relayed[relay.port] = relay.proxy
        return relay

    @property
    def arguments(self) -> tuple[str, ...]:
        """What Chromium is started with: no way past the proxy, for names of this machine and for WebRTC neither."""
        return (f"--proxy-server={self.address}", "--proxy-bypass-list=<-loopback>", *NO_WAY_PAST)

    def true_error(self, url: str, told: str) -> str:
        """Why a request of *url* failed, where the browser only knows that the proxy did not connect."""
        return self._not_made.get(_place(url), told) if "SOCKS" in told or "NS_ERROR_PROXY" in told else told

    def true_answer(self, url: str, response: dict[str, Any]) -> dict[str, Any]:
        """CDP's ``Network.Response`` of *url* with the address that really answered, and the times of reaching it.

        What this proxy took beside them is in neither: of the whole it stays as waiting for a connection.
        """
        relayed = self._relayed.get(response.get("remotePort", 0))
        host, port = relayed or _place(url)
        made = self._made.get((host, port))
        if not made or not response.get("remoteIPAddress"):
            return response
        timing: Timing | None = response.get("timing")
        ours = min(made, key=lambda one: _distance(one, timing))
        corrected = response | {"remoteIPAddress": ours.address, "remotePort": port}
        if timing and timing.get("connectStart", -1.0) >= 0:
            corrected["timing"] = timing | _reached(timing, ours, is_whole=relayed is None)
        return corrected

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: one that asyncio makes prints a traceback when it is cancelled (mended in Python 3.12).
        self._background.run(self._attend(reader, writer), "policy proxy")

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError, ValueError):
                await self._serve(reader, writer)
        finally:
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            wanted = await _wanted(reader, writer)
        if wanted is None:
            writer.write(_reply(NO_SUCH_COMMAND))
            return
        try:
            upstream_reader, upstream = await self._connect(*wanted)
        except NotMade as error:
            if len(self._not_made) > KEPT:
                self._not_made.clear()
            self._not_made[wanted] = error.code
            writer.write(_reply(NOT_ALLOWED if error.code == REFUSED else FAILED))
            await writer.drain()
            return
        writer.write(_reply(GRANTED))
        await pass_both_ways((reader, writer), (upstream_reader, upstream))

    async def _connect(self, host: str, port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the first address that may be and can be.

        Raises:
            NotMade: There is none.
        """
        began = perf_counter()
        addresses = await _addresses(host, port)
        looked_up = perf_counter()
        error = NotMade("net::ERR_NAME_NOT_RESOLVED")
        for address in addresses:
            if self._may_connect(host, address, port) is not None:
                error = NotMade(REFUSED)
                continue
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    streams = await asyncio.open_connection(address, port)
            except (OSError, TimeoutError) as failure:
                error = NotMade(_code(failure))
                continue
            is_name = address != host
            dns_ms = (looked_up - began) * 1000 if is_name else None
            ended = perf_counter()
            connect_ms = _handshake_ms(streams[1], at_most=(ended - looked_up) * 1000)
            took_ms = (ended - began) * 1000
            self._remember((host, port), Made(address=address, dns_ms=dns_ms, connect_ms=connect_ms, took_ms=took_ms))
            return streams
        raise error

    def _remember(self, place: tuple[str, int], made: Made) -> None:
        self._made.setdefault(place, deque(maxlen=KEPT_OF_PLACE)).append(made)
        self._made.move_to_end(place)
        if len(self._made) > KEPT:
            self._made.popitem(last=False)


def true_error(guard: PolicyProxy | None, url: str, told: str) -> str:
    """`PolicyProxy.true_error`, or what was *told* where the browser connects by itself."""
    return told if guard is None else guard.true_error(url, told)


def true_words(guard: PolicyProxy | None, url: str, text: str) -> str:
    """What the browser wrote about a request of *url*, with the true code in the place of the proxy's."""
    return _SOCKS_CODE.sub(lambda code: true_error(guard, url, code[0]), text) if "ERR_SOCKS_" in text else text


def true_answer(guard: PolicyProxy | None, url: str, response: dict[str, Any]) -> dict[str, Any]:
    """`PolicyProxy.true_answer`, or *response* where the browser connects by itself."""
    return response if guard is None else guard.true_answer(url, response)


def _reached(timing: Timing, made: Made, *, is_whole: bool) -> Timing:
    """When the name was looked up and the connection made; *is_whole* where nothing else was waited for between."""
    began = timing["connectStart"]
    connected = timing["sslStart"] if timing.get("sslStart", -1.0) >= 0 else timing["connectEnd"]
    looked_up = min(began + (made.dns_ms or 0.0), connected)
    names = {} if made.dns_ms is None else {"dnsStart": began, "dnsEnd": looked_up}
    return names | {"connectStart": max(looked_up, connected - made.connect_ms) if is_whole else looked_up}


def _handshake_ms(writer: asyncio.StreamWriter, *, at_most: float) -> float:
    """How long TCP took to connect, by the kernel where it says so: our own loop may hear of it late."""
    if not hasattr(socket, "TCP_INFO"):
        return at_most
    try:
        told = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TCP_INFO.size)
        round_trip_us, sent_again = TCP_INFO.unpack(told)
    except (OSError, struct.error):
        return at_most
    return at_most if sent_again or not round_trip_us else min(at_most, float(round_trip_us) / 1000)


async def _wanted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> tuple[str, int] | None:
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
        raise NotMade("net::ERR_NAME_NOT_RESOLVED") from error
    return list(dict.fromkeys(str(place[0]) for *_kinds, place in found))


def _code(failure: OSError) -> str:
    if isinstance(failure, ConnectionRefusedError):
        return "net::ERR_CONNECTION_REFUSED"
    if isinstance(failure, TimeoutError):
        return "net::ERR_CONNECTION_TIMED_OUT"
    if failure.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH):
        return "net::ERR_ADDRESS_UNREACHABLE"
    return "net::ERR_CONNECTION_FAILED"


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return (parts.hostname or "", meant_port(parts))


def _distance(made: Made, timing: Timing | None) -> float:
    """How far *made* is from the connection that *timing* tells of: several to one host may be under way."""
    if not timing or timing.get("connectStart", -1.0) < 0:
        return 0.0
    tls = timing["sslEnd"] - timing["sslStart"] if timing.get("sslStart", -1.0) >= 0 else 0.0
    return float(abs(timing["connectEnd"] - timing["connectStart"] - tls - made.took_ms))
