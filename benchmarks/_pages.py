"""Servers on filled stores, and a website that answers, for benchmarks of pages."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
from sqlalchemy import insert
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website, WebsiteState
from tests.e2e.server import Server

CHECKS = 60  # per website; a heartbeat bar shows as many
KINDS = ("Checkout", "Payments", "Search", "Auth", "Inventory")
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"


@contextmanager
def answering() -> Iterator[int]:
    """Run a website on loopback in its own thread, which answers immediately, and yield its port."""
    port: list[int] = []
    is_up, loop = threading.Event(), asyncio.new_event_loop()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(ANSWER)
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def serve() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port.append(server.sockets[0].getsockname()[1])
        is_up.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()

    threading.Thread(target=run, daemon=True, name="answering").start()
    is_up.wait()
    try:
        yield port[0]
    finally:
        loop.call_soon_threadsafe(loop.stop)


@contextmanager
def serving(data_dir: Path, websites: int, *, port: int = 0, checked: int = 1) -> Iterator[Server]:
    """Run a server whose store has *websites*; *checked* of them, at *port*, are active, and the others are paused."""
    data_dir.mkdir(parents=True)
    with Server(data_dir=data_dir) as server:  # migrates the store
        server.terminate()
    if websites:
        fill(data_dir, websites, port, checked)
    with server:
        yield server


def fill(data_dir: Path, websites: int, port: int, checked: int) -> None:
    """Fill a store with websites with names of plausible length, each with `CHECKS` checks."""
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    now = utc_now()
    first = now - timedelta(minutes=CHECKS)
    with Session(engine) as db, db.begin():
        for number in range(1, websites + 1):
            is_checked = number <= checked
            url = f"https://service-{number}.example.com/health"
            website = Website(
                url=f"http://127.0.0.1:{port}/{number}" if is_checked else url,
                name=f"{KINDS[number % 5]} service {number}",
                check_interval=5,
                timeout=5,
                is_active=is_checked,
            )
            db.add(website)
            db.flush()
            rows = [
                {
                    "website_id": website.id,
                    "status": MonitorStatus.DOWN if (number * age) % 997 == 3 else MonitorStatus.UP,
                    "http_status_code": 200,
                    "response_time_ms": 80.0 + (number * 7919 + age * 104_729) % 400,
                    "checked_at": first + timedelta(minutes=age),
                }
                for age in range(CHECKS)
            ]
            db.execute(insert(MonitorCheck), rows)
            known = {"known_since": first, "known_until": now, "checked_at": now - timedelta(minutes=1)}
            db.add(WebsiteState(website_id=website.id, status=MonitorStatus.UP, **known))
    engine.dispose()


def cpu_seconds(server: Server) -> float:
    """Return the CPU seconds of the process that serves pages, without the monitor."""
    assert server.process
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


def memory_bytes(server: Server) -> int:
    """Return the memory of the process that serves pages, in bytes."""
    assert server.process
    return psutil.Process(server.process.pid).memory_info().rss
