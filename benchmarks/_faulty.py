"""Websites, each on a port of its own, that fail as planned: the plan is what downtime windows are held against.

``python -m benchmarks._faulty FOLDER``: reads a plan from the first line of its input, puts the certificate to be
trusted into the folder, prints a port for each website, and ends with its input.
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

SLOW_SECONDS = 1.5  # slow, but no failure
TRUSTED = "trusted.pem"
ANSWER = b"HTTP/1.1 %d Said\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Kind(StrEnum):
    """How a website fails."""

    REFUSED = "refused"
    """Nothing listens."""
    SILENT = "silent"
    """Connections are taken, and never answered."""
    ERROR = "error"
    """Answered with 500."""
    EXPIRED = "expired"
    """Over TLS, with a certificate that has expired; before and after, with one that has not."""
    SLOW = "slow"
    """Answered late: no failure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What one website does once; it is well before and after. Instants are in seconds since 1970."""

    kind: Kind
    began_at: float
    ended_at: float

    @property
    def seconds(self) -> float:
        return self.ended_at - self.began_at


@contextmanager
def faulty(plan: Sequence[Fault], folder: Path) -> Iterator[list[str]]:
    """The addresses of websites, in a process of their own, each with its fault of *plan*."""
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
        self._held = socket.socket()  # bound and not listening: it keeps the port while nothing listens
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self._held.bind(("127.0.0.1", 0))
        self.port = int(self._held.getsockname()[1])

    def now(self) -> Kind | None:
        """How it fails at the moment; None while it is well."""
        return self._fault.kind if self._fault.began_at <= time.time() < self._fault.ended_at else None

    async def run(self) -> None:
        """Serve for ever, but for the time in which connections are to be refused."""
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
    """Answers whatever comes first as its website does at the moment, and closes."""

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
    """A context that shows an expired certificate while the website fails."""
    sound, expired = authority.context(), authority.context(ends_at=utc_now() - timedelta(hours=1))

    def choose(tls: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        tls.context = expired if website.now() else sound

    entrance = authority.context()
    entrance.sni_callback = choose
    return entrance


async def main(folder: Path) -> None:
    """Serve until standard input ends."""
    authority = Authority(folder)
    authority.publish(folder / TRUSTED)
    plan = [Fault(**one | {"kind": Kind(one["kind"])}) for one in json.loads(sys.stdin.readline())]
    websites = [Website(fault, authority) for fault in plan]
    print(json.dumps([website.port for website in websites]), flush=True)
    async with asyncio.TaskGroup() as running:
        tasks = [running.create_task(website.run()) for website in websites]
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
