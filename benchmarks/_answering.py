"""A website that answers every request with 200 and two bytes, so cheaply that it does not distort measurements.

It never answers requests for paths that begin with ``/hanging``.

``python -m benchmarks._answering [ADDRESS [LOG]]`` listens on ADDRESS, prints its port, writes a line ``SECONDS PEER``
to LOG for each response, and ends when its standard input closes.
"""

import asyncio
import os
import sys
import time

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


class Answering(asyncio.Protocol):
    """Answers the first data of a connection, logs that if there is a log, and closes the connection."""

    def __init__(self, log: int | None) -> None:
        self._log = log

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"GET /hanging"):
            return
        if self._log is not None:
            peer = self._transport.get_extra_info("peername")[0]
            os.write(self._log, f"{time.time():.3f} {peer}\n".encode())
        self._transport.write(ANSWER)
        self._transport.close()


async def main(address: str, log: str | None = None) -> None:
    """Serve until standard input closes."""
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if log else None
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Answering(file), address, 0, backlog=2_048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:] or ["127.0.0.1"]))
