"""Measure the memory of the server while it watches, and during a debug session of an ordinary and a heavy page.

Sums up the proportional set sizes of all processes, including browsers, five times a second, and prints the maximum.
``python -m benchmarks.memory [--websites 500]``; docs/install.md contains the results.
"""

import argparse
import os
import struct
import tempfile
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psutil

from benchmarks._ending import cleaned_up
from benchmarks.monitor import MIB, answering, fill
from tests.e2e.api import ENDED, Api
from tests.e2e.server import Server

SETTLE_SECONDS = 45.0  # until each website was checked twice
SAMPLE_SECONDS = 0.2
SCRIPT = f"/*{'x' * 200_000}*/"
ROW = f"<tr>{'<td>some words</td>' * 8}</tr>"
PAGES = {
    "an ordinary page (60 requests, 40 pictures of 800 × 600)": (40, (800, 600), 20, 50),
    "a heavy page (320 requests, 200 pictures of 2,400 × 1,600, 20,000 rows)": (200, (2_400, 1_600), 120, 20_000),
}
"""Number of pictures and their size, number of scripts, and number of table rows."""


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=__doc__)
    parser.add_argument("--websites", type=int, default=500)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder, answering() as port:
        fill(Path(folder) / "data", port, given.websites, 20)
        with Server(Path(folder) / "data") as server:
            with most(server) as found:
                time.sleep(SETTLE_SECONDS)
            print(f"| what | memory, the most of it, load {os.getloadavg()[0]:.1f} |\n| --- | --- |")
            print(f"| {given.websites} websites every 20 s, no open page | {max(found):.0f} MiB |", flush=True)
            with serving() as address:
                for number, what in enumerate(PAGES):
                    print(f"| a debug session of {what} | {of_session(server, f'{address}/{number}'):.0f} MiB |")
            server.terminate()


def of_session(server: Server, url: str) -> float:
    """Return the maximum memory in MiB while a debug session opens *url*."""
    api = Api(server)
    website = api.add_website(url, check_interval=3_600)
    with most(server) as found:
        session = api.start_debug_session(website)
        while api.get(f"debug-sessions/{session}")["state"].lower() not in ENDED:
            time.sleep(SAMPLE_SECONDS)
    told = api.get(f"debug-sessions/{session}")
    assert told["success"], told["error_message"]
    return max(found)


@contextmanager
def most(server: Server) -> Iterator[list[float]]:
    """Collect the memory in MiB of the server and all its child processes during the block."""
    found: list[float] = []
    ending = threading.Event()

    def look() -> None:
        while not ending.wait(SAMPLE_SECONDS):
            found.append(sum(map(_pss, server.family())) / MIB)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        ending.set()
        thread.join()


def _pss(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return int(process.memory_full_info().pss)
    return 0


@contextmanager
def serving() -> Iterator[str]:
    """Run a website with `PAGES` at their numbers, and yield its URL."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind, body = _content(self.path.partition("?")[0])
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Do not log."""


@cache
def _content(path: str) -> tuple[str, bytes]:
    name, _slash, number = path.strip("/").rpartition("/")
    pictures, size, scripts, rows = list(PAGES.values())[int(number) if number.isdecimal() else 0]
    if name == "picture":
        return "image/png", _png(*size)
    if name == "script":
        return "text/javascript", SCRIPT.encode()
    shown = "".join(f'<img src="/picture/{number}?{index}" width="600">' for index in range(pictures))
    run = "".join(f'<script src="/script/{number}?{index}"></script>' for index in range(scripts))
    page = f"<!doctype html><title>Page</title><link rel=icon href=data:,>{shown}<table>{ROW * rows}</table>{run}"
    return "text/html", page.encode()


def _png(width: int, height: int) -> bytes:
    """Return a picture that is small on the wire and large in memory."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x * y) & 255 for x in range(16)) * (width * 3 // 16) for y in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


if __name__ == "__main__":
    main()
