"""A way to a session's own proxy that keeps to the rules: what the browser connects to is ours, and passes bytes on.

Where that proxy goes is its own business, as it is for a website's checks; what is judged is its address.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from core.addresses import meant_port
from core.background import Background

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[str, int], Awaitable[Streams]]
"""Connects to a host and port if the rules let it; any exception of it ends the browser's connection."""

CHUNK_BYTES = 64 * 1024


class ProxyRelay:
    """Serves one proxy's address on loopback until it is closed."""

    def __init__(self, url: str, connect: Connect, refused: type[Exception]) -> None:
        parts = urlsplit(url)
        self.proxy = (parts.hostname or "", meant_port(parts))
        """Its host and port."""
        self._scheme = parts.scheme
        self._connect = connect
        self._refused = refused
        self._server: asyncio.Server | None = None
        self._background = Background()

    async def open(self) -> None:
        """Begin to serve."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        """Ours, on loopback."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def address(self) -> str:
        """For the browser's settings; TLS to the proxy is ours, as its certificate is not in the name of loopback."""
        return f"{'http' if self._scheme == 'https' else self._scheme}://127.0.0.1:{self.port}"

    async def close(self) -> None:
        """Serve no more, and break off what is under way."""
        if self._server is not None:
            self._server.close()
        await self._background.stop()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: one that asyncio makes prints a traceback when it is cancelled (mended in Python 3.12).
        self._background.run(self._attend(reader, writer), "proxy relay")

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, self._refused):
                upstream = await self._connect(*self.proxy)
                if self._scheme == "https":
                    await upstream[1].start_tls(ssl.create_default_context(), server_hostname=self.proxy[0])
                await pass_both_ways((reader, writer), upstream)
        finally:
            writer.close()


async def pass_both_ways(one: Streams, other: Streams) -> None:
    """Pass on what each side says until both have said all, or one breaks off; closes the *other*."""
    try:
        async with asyncio.TaskGroup() as both:
            both.create_task(_pass_on(one[0], other[1]))
            both.create_task(_pass_on(other[0], one[1]))
    except* OSError:
        pass  # either side broke off: so does the other, now
    finally:
        other[1].close()


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    while chunk := await source.read(CHUNK_BYTES):
        sink.write(chunk)
        await sink.drain()
    if sink.can_write_eof():  # TLS cannot
        with contextlib.suppress(OSError):
            sink.write_eof()
