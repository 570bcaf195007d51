"""Runs Uptime Kuma and Watchwright on the same websites, behind one interface."""

import os
import signal
import sqlite3
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from benchmarks.edges import fill
from benchmarks.keeping import Window, stored_windows
from core import database
from core.models import MonitorCheck
from tests.e2e.server import Server, free_port

READY_SECONDS = 60
DOWN, UP = 0, 1  # `heartbeat.status` of Uptime Kuma; 2 is an unconfirmed failure

USER = "INSERT INTO user (id, username, active) VALUES (1, 'admin', 1)"
MONITOR = """
INSERT INTO monitor (name, active, user_id, interval, url, type, maxretries, retry_interval, accepted_statuscodes_json,
                     timeout)
VALUES (?1, 1, 1, ?2, ?1, 'http', ?3, 5, '["200-299"]', 10)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """The websites to watch."""

    addresses: Sequence[str]
    interval: int
    retries: int


class Watcher(Protocol):
    """Interface of a running monitor; websites are numbered from 1 in the order of the task."""

    @property
    def pid(self) -> int: ...

    def checks(self, since: datetime, until: datetime) -> int:
        """Return the number of stored checks that began in this span."""

    def checked(self) -> int:
        """Return the number of websites that it has checked so far."""

    def windows(self) -> Mapping[int, Sequence[Window]]:
        """Return the recorded downtime of each website, in order."""


class Watchwright:
    """URL of a running Watchwright server."""

    def __init__(self, server: Server) -> None:
        assert server.process is not None
        self.pid = server.process.pid
        self._engine = database.make_engine(f"sqlite:///{server.data_dir / 'watchwright.sqlite3'}")

    @classmethod
    @contextmanager
    def running(cls, folder: Path, task: Task) -> Iterator[Watcher]:
        """It, while the block runs."""
        fill(folder / "ours", task.addresses, [task.interval] * len(task.addresses))
        os.environ |= {"WATCHWRIGHT_DOWN_RETRIES": str(task.retries), "WATCHWRIGHT_BASELINE_HOURS": "0"}
        with Server(folder / "ours") as server:
            yield cls(server)
            server.terminate()

    def checks(self, since: datetime, until: datetime) -> int:
        query = select(func.count()).where(MonitorCheck.checked_at >= since, MonitorCheck.checked_at < until)
        with Session(self._engine) as db:
            return db.scalar(query) or 0

    def checked(self) -> int:
        with Session(self._engine) as db:
            return db.scalar(select(func.count(MonitorCheck.website_id.distinct()))) or 0

    def windows(self) -> Mapping[int, Sequence[Window]]:
        with Session(self._engine) as db:
            return stored_windows(db)


class UptimeKuma:
    """A running Uptime Kuma from its package's folder, configured through its SQLite store."""

    def __init__(self, pid: int, store: Path) -> None:
        self.pid = pid
        self._store = store

    @classmethod
    @contextmanager
    def running(cls, package: Path, folder: Path, task: Task) -> Iterator[Watcher]:
        """It, while the block runs."""
        data_dir = folder / "theirs"
        data_dir.mkdir()
        with _served(package, data_dir):
            pass  # creates its store
        with closing(sqlite3.connect(data_dir / "kuma.db")) as store, store:
            store.execute(USER)
            store.executemany(MONITOR, [(address, task.interval, task.retries) for address in task.addresses])
        with _served(package, data_dir) as pid:
            yield cls(pid, data_dir / "kuma.db")

    def checks(self, since: datetime, until: datetime) -> int:
        return self._number("SELECT count(*) FROM heartbeat WHERE time >= ? AND time < ?", _written(since, until))

    def checked(self) -> int:
        return self._number("SELECT count(DISTINCT monitor_id) FROM heartbeat")

    def windows(self) -> Mapping[int, Sequence[Window]]:
        found: dict[int, list[Window]] = defaultdict(list)
        with closing(sqlite3.connect(self._store)) as store:
            beats = store.execute("SELECT monitor_id, status, time FROM heartbeat ORDER BY monitor_id, time, id")
            for monitor_id, status, moment in beats:
                at = datetime.fromisoformat(moment).replace(tzinfo=UTC).timestamp()
                some = found[monitor_id]
                is_down = bool(some) and some[-1][1] is None
                if status == DOWN and not is_down:
                    some.append((at, None))
                elif status == UP and is_down:
                    some[-1] = (some[-1][0], at)
        return found

    def _number(self, query: str, given: tuple[str, ...] = ()) -> int:
        with closing(sqlite3.connect(self._store, timeout=30)) as store:
            return int(store.execute(query, given).fetchone()[0])


@contextmanager
def _served(package: Path, data_dir: Path) -> Iterator[int]:
    """Run Uptime Kuma during the block, and yield its process id once it listens; ends it gracefully."""
    log = data_dir.with_suffix(".log")
    where = [f"--port={free_port()}", "--host=127.0.0.1", f"--data-dir={data_dir}/"]
    environment = os.environ | {"UPTIME_KUMA_DB_TYPE": "sqlite", "NODE_ENV": "production"}
    with log.open("w") as written:
        process = subprocess.Popen(
            ["node", "server/server.js", *where], cwd=package, env=environment, stdout=written, stderr=written
        )
    try:
        give_up_at = time.monotonic() + READY_SECONDS
        while "Listening on" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < give_up_at, log.read_text()
            time.sleep(0.2)
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def _written(*moments: datetime) -> tuple[str, ...]:
    return tuple(f"{moment:%Y-%m-%d %H:%M:%S}.{moment.microsecond // 1_000:03}" for moment in moments)
