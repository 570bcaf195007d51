"""Websites on separate ports that fail as planned; benchmarks compare downtime windows with the plan.

``python -m benchmarks._faulty FOLDER`` reads a plan from the first line of its standard input, writes the certificate
to trust into FOLDER, prints a port for each website, and ends when its standard input closes.
"""

import asyncio
import json
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from benchmarks._stage import Authority
from core.clock import utc_now

SLOW_SECONDS = 1.5  # slow, but not a failure
TRUSTED = "trusted.pem"
ANSWER = b"HTTP/1.1 %d Said\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Kind(StrEnum):
    """How a website fails."""

    REFUSED = "refused"
    """Nothing listens on the port."""
    SILENT = "silent"
    """The website accepts connections and never answers."""
    ERROR = "error"
    """The website answers with 500."""
    EXPIRED = "expired"
    """The website presents an expired certificate; before and after, a valid one."""
    SLOW = "slow"
    """The website answers late, which is not a failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The single failure of one website, which works before and after. Times are in seconds since 1970."""

    kind: Kind
    began_at: float
    ended_at: float

    @property
    def seconds(self) -> float:
        return self.ended_at - self.began_at


@contextmanager
def faulty(plan: Sequence[Fault], folder: Path) -> Iterator[list[str]]:
    """Run a website for each fault of *plan*, all in one separate process, and yield their URLs."""
    command = [sys.executable, "-m", "benchmarks._faulty", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        print(json.dumps([asdict(fault) for fault in plan]), file=process.stdin, flush=True)
        ports = json.loads(process.stdout.readline())
        yield [_address(fault, port) for fault, port in zip(plan, ports, strict=True)]
        process.stdin.close()


def _address(fault: Fault, port: int) -> str:
    return f"https://localhost:{port}/" if fault.kind is Kind.EXPIRED else f"http://127.0.0.1:{port}/"


class Website:
    """One website and its port."""

    def __init__(self, fault: Fault, authority: Authority) -> None:
        self._fault = fault
        self._tls = _changing(authority, self) if fault.kind is Kind.EXPIRED else None
        self._held = socket.socket()  # bound but not listening, to reserve the port while nothing listens
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = int(self._held.getsockname()[1])

    def now(self) -> Kind | None:
        """Return how the website fails now; None while it works."""
        return self._fault.kind if self._fault.began_at <= time.time() < self._fault.ended_at else None

    async def run(self) -> None:
        """Serve forever, except while connections are to be refused."""
        server = await self._listen()
        if self._fault.kind is Kind.REFUSED:
            await asyncio.sleep(self._fault.began_at - time.time())
            server.close()
            await asyncio.sleep(self._fault.ended_at - time.time())
            server = await self._listen()
        await server.serve_forever()

    async def _listen(self) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(
            lambda: _Answering(self), "127.0.0.1", self.port, reuse_port=True, ssl=self._tls
        )


class _Answering(asyncio.Protocol):
    """Answers the first data of a connection according to the website's state, and closes the connection."""

    def __init__(self, website: Website) -> None:
        self._website = website

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, _data: bytes) -> None:
        kind = self._website.now()
        if kind is Kind.SLOW:
            asyncio.get_running_loop().call_later(SLOW_SECONDS, self._answer, 200)
        elif kind is not Kind.SILENT:
            self._answer(500 if kind is Kind.ERROR else 200)

    def _answer(self, status: int) -> None:
        self._transport.write(ANSWER % status)
        self._transport.close()


def _changing(authority: Authority, website: Website) -> ssl.SSLContext:
    """Return a TLS context that presents an expired certificate while the website fails."""
    sound, expired = authority.context(), authority.context(ends_at=utc_now() - timedelta(hours=1))

    def choose(tls: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        tls.context = expired if website.now() else sound

    entrance = authority.context()
    entrance.sni_callback = choose
    return entrance


async def main(folder: Path) -> None:
    """Serve until standard input closes."""
    authority = Authority(folder)
    authority.publish(folder / TRUSTED)
    plan = [Fault(**fault | {"kind": Kind(fault["kind"])}) for fault in json.loads(sys.stdin.readline())]
    websites = [Website(fault, authority) for fault in plan]
    print(json.dumps([website.port for website in websites]), flush=True)
    async with asyncio.TaskGroup() as running:
        tasks = [running.create_task(website.run()) for website in websites]
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
