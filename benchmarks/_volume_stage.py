"""Provides a PostgreSQL store with millions of checks in two forms: split by month, and in one table."""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Connection, Engine, text
from sqlalchemy.orm import Session

from benchmarks._postgres import Postgres
from core import database

WEBSITES = 200
DAYS = 120
BEFORE = "e2a7c5d91f48"
"""The last revision with all checks in one table."""

WEBSITE = """
INSERT INTO websites (url, name, check_interval, timeout, is_active, created_at, updated_at)
SELECT 'https://w' || n || '.example/', 'w' || n, 60, 10, true, now(), now() FROM generate_series(1, :websites) n
"""
STATE = """
INSERT INTO website_states (website_id, status, checked_at, rolled_until)
SELECT id, 'UP', now(), now() FROM websites
"""
FILL = """
INSERT INTO monitor_checks (website_id, status, http_method, http_status_code, response_time_ms, dns_time_ms,
  connect_time_ms, tls_time_ms, ttfb_ms, download_time_ms, redirect_count, remote_address, http_version, body_bytes,
  error_kind, error_message, lag_ms, checked_at, created_at)
SELECT w, (CASE WHEN n % 997 = 0 THEN 'DOWN' ELSE 'UP' END)::monitorstatus, 'GET', 200, 100 + n % 50, 1, 2, 9, 80, 5, 0,
  '192.0.2.1:443', 'h2', 5000, CASE WHEN n % 997 = 0 THEN 'connect' END,
  CASE WHEN n % 997 = 0 THEN 'Connection refused by w' || w END, 1.5, at, at
FROM generate_series(0, :each - 1) n CROSS JOIN generate_series(1, :websites) w,
  LATERAL (SELECT now() - make_interval(secs => (:each - n) * :step)) moments(at)
ORDER BY n, w
"""
INDEXES = """
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'monitor_checks'
AND indexdef NOT LIKE '% UNIQUE %' AND indexdef NOT LIKE '%USING brin%'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """The store in both forms, each with its own search path."""

    split: Engine
    whole: Engine
    checks: int
    migrated_seconds: float

    @contextmanager
    def both(self) -> Iterator[tuple[Session, Session]]:
        """Yield a session on the split form and one on the single table."""
        with Session(self.split) as split, Session(self.whole) as whole:
            yield split, whole


@contextmanager
def volume(checks: int) -> Iterator[Stage]:
    """Run a stage with this number of checks."""
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-", dir="/tmp") as folder,
        Postgres(Path(folder)) as server,
    ):
        alone = "options=-cmax_parallel_workers_per_gather%3D0"  # the time of parallel workers would not be counted
        split = database.make_engine(f"{server.url}&{alone}")
        whole = database.make_engine(f"{server.url}&{alone}%20-csearch_path%3Dwhole,public")
        try:
            yield Stage(split=split, whole=whole, checks=checks, migrated_seconds=_build(split, checks))
        finally:
            split.dispose()
            whole.dispose()


def _build(engine: Engine, checks: int) -> float:
    """Fill one table, split it, create a copy in one table, and return the time that splitting took."""
    database.upgrade(engine, BEFORE)
    with engine.begin() as connection:
        fill(connection, checks)
    began = time.monotonic()
    database.upgrade(engine)
    took = time.monotonic() - began
    with engine.begin() as connection:
        _make_whole(connection)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return took


def fill(connection: Connection, checks: int) -> None:
    """Store websites and this number of checks of the last `DAYS`."""
    each = checks // WEBSITES
    connection.execute(text(WEBSITE), {"websites": WEBSITES})
    connection.execute(text(STATE))
    connection.execute(text(FILL), {"each": each, "websites": WEBSITES, "step": DAYS * 86_400 / each})


def _make_whole(connection: Connection) -> None:
    """Copy the rows to one table with its former indexes."""
    indexes = connection.scalars(text(INDEXES)).all()
    connection.exec_driver_sql("CREATE SCHEMA whole")
    connection.exec_driver_sql("CREATE TABLE whole.monitor_checks (LIKE monitor_checks INCLUDING DEFAULTS)")
    connection.exec_driver_sql("INSERT INTO whole.monitor_checks SELECT * FROM monitor_checks ORDER BY id")
    connection.exec_driver_sql("ALTER TABLE whole.monitor_checks ADD PRIMARY KEY (id)")
    for index in indexes:
        connection.exec_driver_sql(index.replace(" ON ONLY public.", " ON whole."))
    connection.exec_driver_sql(
        "CREATE UNIQUE INDEX ON whole.monitor_checks (website_id, due_at, region) NULLS NOT DISTINCT "
        "WHERE due_at IS NOT NULL"
    )


def in_turns(ways: dict[str, Callable[[], Any]], rounds: int) -> dict[str, float]:
    """Return the median time of each way in ms; the ways take turns, so that the machine's load affects all alike."""
    took: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            began = time.perf_counter()
            way()
            took[name].append((time.perf_counter() - began) * 1_000)
    return {name: median(times) for name, times in took.items()}


def cpu_in_turns(ways: dict[str, tuple[Session, Callable[[Session], Any]]], rounds: int) -> dict[str, float]:
    """Return the average CPU time of each way in ms, of this process and the database server together.

    Unlike elapsed time, it hardly depends on the machine's other load.
    """
    servers = {name: _schedule_of(db) for name, (db, _way) in ways.items()}
    for db, way in ways.values():
        way(db)  # warm up, so that one-time work is not counted
    took = dict.fromkeys(ways, 0.0)
    for _ in range(rounds):
        for name, (db, way) in ways.items():
            before = time.process_time_ns() + _ran_ns(servers[name])
            way(db)
            took[name] += time.process_time_ns() + _ran_ns(servers[name]) - before
    return {name: spent / rounds / 1_000_000 for name, spent in took.items()}


def _schedule_of(db: Session) -> Path:
    return Path(f"/proc/{db.scalar(text('SELECT pg_backend_pid()'))}/schedstat")


def _ran_ns(schedule: Path) -> int:
    return int(schedule.read_text().split()[0])


def ran_ns(db: Session) -> int:
    """Return the CPU time of the server process behind *db*, in ns."""
    return _ran_ns(_schedule_of(db))


def row(what: str, ours: float, other: float, unit: str = "ms") -> None:
    """Print a table row with both values and their ratio."""
    print(f"| {what} | {ours:,.2f} {unit} | {other:,.2f} {unit} | {other / ours:,.2f} |", flush=True)
