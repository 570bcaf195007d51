"""Measure the server's CPU and its memory per page, with 100 open dashboards and 50 checks a second.

The dashboards are sockets that behave like NiceGUI's page, so that only the server is measured. CPU is that of the
process that serves pages, without the monitor's. Read the difference that the pages make.
``python -m benchmarks.dashboards [--pages 100 --checks 50 --seconds 30]``
"""

import argparse
import ast
import asyncio
import json
import re
import tempfile
import time
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException
from websockets.typing import Origin

from benchmarks._ending import cleaned_up
from benchmarks._pages import answering, cpu_seconds, memory_bytes, serving
from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN
from tests.e2e.server import Server

INTERVAL_SECONDS = 5  # the shortest interval, so that few websites give many checks a second
SETTLE_SECONDS = 15.0  # the first checks are spread over this time
NUMBER = re.compile(r'"_id":(\d+)')
SIGNED_IN = {"Cookie": f"{COOKIE}={COOKIE_TOKEN}"}


@dataclass
class Heard:
    """The data that a dashboard's socket has received."""

    messages: int = 0
    bytes: int = 0


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboards", description=__doc__)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--checks", type=int, default=50, help="a second")
    parser.add_argument("--seconds", type=int, default=30)
    given = parser.parse_args()
    websites = given.checks * INTERVAL_SECONDS
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder,
        answering() as port,
        serving(Path(folder) / "full", websites, port=port, checked=websites) as server,
    ):
        asyncio.run(measure(server, given))


async def measure(server: Server, given: argparse.Namespace) -> None:
    """Measure without pages, then with all of them open."""
    await asyncio.sleep(SETTLE_SECONDS)
    before = memory_bytes(server)
    alone = await _share(server, given.seconds)
    async with AsyncExitStack() as stack:
        heard = [Heard() for _ in range(given.pages)]
        for page in heard:
            query = await _asked(server)
            socket = await stack.enter_async_context(_socket(server, query))
            task = asyncio.create_task(_listen(socket, query["client_id"], page))
            stack.callback(task.cancel)
        await asyncio.sleep(2)
        opened = memory_bytes(server)
        messages = sum(page.messages for page in heard)
        received = sum(page.bytes for page in heard)
        together = await _share(server, given.seconds)
        messages = sum(page.messages for page in heard) - messages
        received = sum(page.bytes for page in heard) - received
        after = memory_bytes(server)
    per_page = received / given.pages / given.seconds
    print(f"| {given.pages} open dashboards, {given.checks} checks a second | measured | target |")
    print("| --- | ---: | ---: |")
    print(f"| the server's CPU, all pages open | {together * 100:.0f} % of a core | 50 % |")
    print(f"| … without a page | {alone * 100:.0f} % of a core | |")
    print(f"| memory for each page | {(after - before) / given.pages / 1e6:.2f} MB | 2 MB |")
    print(f"| … when they had just been opened | {(opened - before) / given.pages / 1e6:.2f} MB | |")
    print(f"| to each page | {messages / given.pages / given.seconds:.1f} messages, {per_page:.0f} bytes a second | |")


async def _share(server: Server, seconds: float) -> float:
    """Return the share of a core that the server uses during *seconds*."""
    used, began = cpu_seconds(server), time.perf_counter()
    await asyncio.sleep(seconds)
    return (cpu_seconds(server) - used) / (time.perf_counter() - began)


async def _asked(server: Server) -> dict[str, str]:
    """Request the page like a browser, and return the query that its socket needs."""
    async with httpx.AsyncClient(headers=SIGNED_IN, trust_env=False) as client:
        page = (await client.get(server.url, timeout=60)).raise_for_status().text
    found = re.search(r"query: (\{[^}]*\})", page)
    assert found, "the page names no query for its socket"
    given = ast.literal_eval(found[1])
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in given.items()}


def _socket(server: Server, query: dict[str, str]) -> connect:
    said = {**query, "document_id": str(uuid4()), "tab_id": str(uuid4()), "EIO": "4", "transport": "websocket"}
    address = f"ws://127.0.0.1:{server.port}/_nicegui_ws/socket.io/?{urlencode(said)}"
    return connect(address, additional_headers=SIGNED_IN, origin=Origin(server.url), max_size=None)


async def _listen(socket: ClientConnection, client_id: str, heard: Heard) -> None:
    """Speak Engine.IO and Socket.IO as far as a page needs them: connect, answer pings, acknowledge messages."""
    acknowledged_at = time.monotonic()
    with suppress(WebSocketException):
        async for message in socket:
            text = message if isinstance(message, str) else message.decode()
            heard.bytes += len(text)
            if text.startswith("0"):
                await socket.send("40")
            elif text == "2":
                await socket.send("3")
            elif text.startswith("42"):
                heard.messages += 1
                number = NUMBER.search(text)
                if number and time.monotonic() - acknowledged_at > 1:
                    acknowledged_at = time.monotonic()
                    fact = {"client_id": client_id, "next_message_id": int(number[1]) + 1}
                    await socket.send(f"42{json.dumps(['ack', fact])}")


if __name__ == "__main__":
    main()
