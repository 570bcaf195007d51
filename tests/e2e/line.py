"""The line between a reader far away and a server: slow, stalling where a packet is lost, and cut on demand."""

import asyncio
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

CHUNK_BYTES = 16_384
STALL_SECONDS = 0.5  # about what a sender waits before it sends a lost packet again


@dataclass
class Line:
    """A TCP proxy on loopback to *target_port*, in a thread of its own; see `line`."""

    target_port: int
    one_way_seconds: float
    loss: float
    """The share of chunks that are lost and come `STALL_SECONDS` later, with all that is behind them."""
    port: int = 0
    _is_cut: bool = False
    _loop: asyncio.AbstractEventLoop = field(init=False)
    _ended: asyncio.Event = field(init=False)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    _joining: set[asyncio.Task[None]] = field(default_factory=set)
    _chance: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Drop every connection, and refuse new ones until `mend`."""
        self._is_cut = True
        self._loop.call_soon_threadsafe(self._drop)

    def mend(self) -> None:
        """Let connections through again."""
        self._is_cut = False

    def _drop(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def serve(self, ready: threading.Event) -> None:
        """Listen on a free port until `end`."""
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        async with await asyncio.start_server(self._accept, "127.0.0.1", 0) as server:
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await self._ended.wait()
            self._is_cut = True
            self._drop()  # since Python 3.12, the end of the block waits for every connection
        for _turn in range(5):  # of the loop, in which dropped connections let go of their sockets
            self._drop()
            await asyncio.sleep(0)

    def end(self) -> None:
        """Let `serve` return."""
        self._loop.call_soon_threadsafe(self._ended.set)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)  # at once: a task that the end overtakes would leave it open
        joining = asyncio.create_task(self._join(reader, writer))
        self._joining.add(joining)
        joining.add_done_callback(self._joining.discard)

    async def _join(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = {writer}
        try:
            if not self._is_cut:
                far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target_port)
                ends.add(far_writer)
                self._writers.add(far_writer)
                await asyncio.gather(self._carry(reader, far_writer), self._carry(far_reader, writer))
        except (ConnectionError, asyncio.CancelledError):  # the second at the end, of which asyncio would complain
            pass
        finally:
            self._writers -= ends
            for end in ends:
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Deliver in order, each chunk not before its time; many may be on the way together."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(under_way, writer))
        try:
            while chunk := await reader.read(CHUNK_BYTES):
                stall = STALL_SECONDS if self._chance.random() < self.loss else 0.0
                under_way.put_nowait((self._loop.time() + self.one_way_seconds + stall, chunk))
        finally:
            under_way.put_nowait((self._loop.time() + self.one_way_seconds, b""))
            await delivery

    async def _deliver(self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                due, chunk = await under_way.get()
                await asyncio.sleep(due - self._loop.time())
                if not chunk:
                    break
                writer.write(chunk)
                await writer.drain()
        writer.close()


@contextmanager
def line(target_port: int, *, round_trip_seconds: float = 0.3, loss: float = 0.02) -> Iterator[Line]:
    """A line to the server at *target_port*, by default that of a bad mobile connection."""
    made = Line(target_port=target_port, one_way_seconds=round_trip_seconds / 2, loss=loss)
    ready = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(made.serve(ready)), daemon=True, name="line")
    thread.start()
    ready.wait()
    try:
        yield made
    finally:
        made.end()
        thread.join()
