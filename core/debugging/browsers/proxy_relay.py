"""Forwards a browser's connections to the session's own proxy, if the address policy allows that proxy's address.

As with the checks of a website, the policy applies to the proxy's address, not to the hosts that the proxy contacts.
"""

import asyncio
import contextlib
import ssl
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from core.addresses import effective_port
from core.background import Background

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[str, int], Awaitable[Streams]]
"""Connects to a host and port if the address policy allows it; an exception closes the browser's connection."""

CHUNK_BYTES = 64 * 1024


class LoopbackServer(ABC):
    """A server on loopback that serves each connection in a task of its own until it is closed."""

    _broken_off: tuple[type[Exception], ...] = (OSError,)
    """Errors that end a connection without a trace in the log."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._background = Background()

    async def open(self) -> None:
        """Start the server."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        """The server's port on loopback."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop the server and abort open connections."""
        if self._server is not None:
            self._server.close()
        await self._background.stop()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Our own task, because asyncio's would print a traceback when it is cancelled (fixed in Python 3.12).
        self._background.run(self._attend(reader, writer), type(self).__name__)

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(*self._broken_off):
                await self._serve(reader, writer)
        finally:
            writer.close()

    @abstractmethod
    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""


class ProxyRelay(LoopbackServer):
    """A server on loopback that forwards connections to one proxy until it is closed."""

    def __init__(self, url: str, connect: Connect, refused: type[Exception]) -> None:
        super().__init__()
        parts = urlsplit(url)
        self.proxy = (parts.hostname or "", effective_port(parts))
        """The proxy's host and port."""
        self._scheme = parts.scheme
        self._connect = connect
        self._broken_off = (OSError, refused)

    @property
    def address(self) -> str:
        """The URL for the browser's settings; never https, because the relay speaks TLS to the proxy itself."""
        return f"{'http' if self._scheme == 'https' else self._scheme}://127.0.0.1:{self.port}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream = await self._connect(*self.proxy)
        if self._scheme == "https":
            await upstream[1].start_tls(ssl.create_default_context(), server_hostname=self.proxy[0])
        await pass_both_ways((reader, writer), upstream)


async def pass_both_ways(one: Streams, other: Streams) -> None:
    """Forward data in both directions until both sides have finished or one aborts; then close *other*."""
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_pass_on(one[0], other[1]))
            both.create_task(_pass_on(other[0], one[1]))
    except* OSError:
        pass  # one side aborted, so the other one is closed
    finally:
        other[1].close()


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        sink.write(chunk)
        await sink.drain()
    if sink.can_write_eof():  # not possible with TLS
        with contextlib.suppress(OSError):
            sink.write_eof()
