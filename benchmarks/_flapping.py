"""A website with many paths that fail in turns; its log of responses is the reference for benchmarks.

``python -m benchmarks._flapping LOG`` prints its port, writes a line ``SECONDS PATH STATUS`` for each response, and
ends when its standard input closes. Path number n fails for `FAILS_SECONDS` of each `CYCLE_SECONDS`, shifted by n
seconds.
"""

import asyncio
import os
import sys
import time

CYCLE_SECONDS, FAILS_SECONDS = 240, 24  # a tenth of the paths fails at a time; more would look like a local failure
ANSWER = b"HTTP/1.1 %d Said\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


def fails(number: int, at: float) -> bool:
    """Whether path *number* fails at *at*, in seconds since 1970."""
    return (at + number) % CYCLE_SECONDS < FAILS_SECONDS


class Flapping(asyncio.Protocol):
    """Answers the first request of a connection according to its path, logs that, and closes the connection."""

    def __init__(self, log: int) -> None:
        self._log = log

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        number, now = int(data.split(b" ", 2)[1].strip(b"/") or 0), time.time()
        status = 500 if fails(number, now) else 200
        os.write(self._log, b"%.3f %d %d\n" % (now, number, status))  # before sending, so that no response is missing
        self._transport.write(ANSWER % status)
        self._transport.close()


async def main(log: str) -> None:
    """Serve until standard input closes."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Flapping(file), "127.0.0.1", 0, backlog=2_048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
