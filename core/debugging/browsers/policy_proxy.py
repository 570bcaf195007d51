"""A SOCKS proxy on loopback that decides for each connection of a debug session's browser whether it is allowed.

Interception with Playwright or CDP is not enough: redirects, frames and changing DNS records get past it. SOCKS 5
(RFC 1928) does not change requests.
"""

import asyncio
import errno
import socket
import struct
from time import perf_counter
from types import TracebackType
from typing import Self

from core.addresses import MayConnect, name_to_look_up
from core.debugging.browsers.connection_facts import ConnectionFacts, OpenedConnection
from core.debugging.browsers.proxy_relay import LoopbackServer, ProxyRelay, pass_both_ways

HANDSHAKE_SECONDS = 10.0
CONNECT_SECONDS = 30.0  # per address; the session's time limit is usually shorter
TCP_INFO = struct.Struct("68xI28xI")  # tcpi_rtt and tcpi_total_retrans of linux/tcp.h
NO_WAY_PAST = (  # Chromium arguments against traffic that would bypass a proxy
    "--disable-quic",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--webrtc-ip-handling-policy=disable_non_proxied_udp",
)
REFUSED = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
GRANTED, NOT_ALLOWED, FAILED, NO_SUCH_COMMAND = 0, 2, 1, 7  # RFC 1928, 6


class ConnectError(Exception):
    """The proxy did not connect; `code` is Chromium's code for the reason."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PolicyProxy(LoopbackServer):
    """The proxy server; it runs during the ``async with`` block, and several browsers may share it."""

    _broken_off = (OSError, TimeoutError, asyncio.IncompleteReadError, ValueError)

    def __init__(self, may_connect: MayConnect) -> None:
        super().__init__()
        self._may_connect = may_connect
        self.facts = ConnectionFacts()
        """What is true of the browsers' connections."""

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def address(self) -> str:
        """The proxy's URL for a browser's settings."""
        return f"socks5://127.0.0.1:{self.port}"

    async def relay(self, proxy: str) -> ProxyRelay:
        """Return an open relay to the session's own *proxy*, whose address must be allowed; the caller closes it."""
        relay = ProxyRelay(proxy, self._connect, ConnectError)
        await relay.open()
        self.facts.note_relay(relay.port, relay.proxy)
        return relay

    @property
    def arguments(self) -> tuple[str, ...]:
        """Chromium's arguments that send all its traffic through this proxy, including loopback names and WebRTC."""
        return (f"--proxy-server={self.address}", "--proxy-bypass-list=<-loopback>", *NO_WAY_PAST)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HANDSHAKE_SECONDS):
            requested = await _requested(reader, writer)
        if requested is None:
            writer.write(_reply(NO_SUCH_COMMAND))
            return
        try:
            upstream_reader, upstream = await self._connect(*requested)
        except ConnectError as error:
            self.facts.note_failed(requested, error.code)
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
            opened = OpenedConnection(address=address, dns_ms=dns_ms, connect_ms=connect_ms, took_ms=took_ms)
            self.facts.note_opened((host, port), opened)
            return streams
        raise error


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
