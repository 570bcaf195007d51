"""A reverse proxy on loopback that serves one server below a path, as nginx does with ``location /watch/``."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread

NOT_HERE = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@dataclass
class Proxy:
    """Listens on *port* and hands on what is asked below *path* to *upstream*, without the path."""

    port: int
    path: str
    upstream: int
    strays: list[str] = field(default_factory=list)
    """What browsers asked for outside the path, where somebody else's site would be."""
    under_way: set[asyncio.Task[None] | None] = field(default_factory=set)
    """Connections; the loop alone would let go of one whose client is gone, before it has ended."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, which carries one request or becomes a socket."""
        self.under_way.add(task := asyncio.current_task())
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, target, rest = head.split(" ", 2)
            if target != self.path and not target.startswith(f"{self.path}/"):
                self.strays.append(target)
                writer.write(NOT_HERE)
            else:
                await self._hand_on(f"{method} {target.removeprefix(self.path) or '/'} {rest}", reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the browser went away
        finally:
            writer.close()
            self.under_way.discard(task)

    async def _hand_on(self, head: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_upstream, to_upstream = await asyncio.open_connection("127.0.0.1", self.upstream)
        is_socket = "\r\nupgrade: websocket" in head.lower()
        lines = [line for line in head.rstrip("\r\n").split("\r\n") if is_socket or not _is_connection(line)]
        lines += [] if is_socket else ["Connection: close"]
        to_upstream.write("\r\n".join((*lines, "X-Forwarded-For: 192.0.2.7", "", "")).encode("latin-1"))
        sending = asyncio.ensure_future(_copy(reader, to_upstream))
        try:
            await _copy(from_upstream, writer)
        finally:
            sending.cancel()
            to_upstream.close()


def _is_connection(line: str) -> bool:
    return line.lower().startswith("connection:")


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()


@contextmanager
def proxying(proxy: Proxy) -> Iterator[Proxy]:
    """*proxy*, until the block ends."""
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever)
    thread.start()
    listening = asyncio.start_server(proxy.pass_on, "127.0.0.1", proxy.port)
    server = asyncio.run_coroutine_threadsafe(listening, loop).result(10)
    try:
        yield proxy
    finally:
        asyncio.run_coroutine_threadsafe(_end(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server) -> None:
    """End what is under way, and what begins meanwhile: a connection that was just accepted starts a task."""
    server.close()
    rounds_of_quiet = 0
    while rounds_of_quiet < 5:  # of the loop, in which closed transports let go of their sockets
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)
        rounds_of_quiet = 0 if tasks else rounds_of_quiet + 1
