"""Compare TimescaleDB's weekly chunks with PostgreSQL's monthly tables, on a server with the extension.

``python -m benchmarks.timescale --url postgresql+psycopg://postgres@127.0.0.1/postgres`` creates two databases there
and drops them again. The server must run on this machine, because its CPU time is read from /proc.
"""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median
from typing import TypeVar
from uuid import uuid4

from sqlalchemy import Connection, Engine, Table, TextClause, create_engine, make_url, text
from sqlalchemy.orm import Session

from benchmarks._volume_stage import DAYS, Stage, cpu_in_turns, fill, in_turns, row
from benchmarks._volume_waiting import beside
from benchmarks.postgres import HEAD, queries
from core import database
from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus
from core.models.months import Part
from core.services import hypertable, months, resplit
from core.services.bulk import next_ids
from core.services.copy_in import copy_in

Dropped = TypeVar("Dropped", bound=Part)

ALONE = "-cmax_parallel_workers_per_gather=0"  # the time of parallel workers would not be counted


def main() -> None:
    """Fill two stores, move one into chunks, measure in turns, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.timescale", description=__doc__)
    parser.add_argument("--url", required=True, help="of a server that has TimescaleDB")
    parser.add_argument("--checks", type=int, default=1_000_000, help="stored checks in all (default: 1 million)")
    parser.add_argument("--days", type=int, default=hypertable.CHUNK.days, help="of a chunk (default: a week)")
    asked = parser.parse_args()
    hypertable.CHUNK = timedelta(days=asked.days)
    with _database(asked.url) as chunks, _database(asked.url) as whole:
        moved_seconds = _build(chunks, asked.checks, is_chunked=True)
        _build(whole, asked.checks, is_chunked=False)
        print(f"{asked.checks:,} checks were moved from months into chunks in {moved_seconds:.1f} s")
        stage = Stage(split=chunks, whole=whole, checks=asked.checks, migrated_seconds=moved_seconds)
        _measure(stage)


def _measure(stage: Stage) -> None:
    with stage.both() as (chunks, whole):
        parts = len(hypertable.existing(chunks.connection())), len(months.existing(whole.connection()))
        sizes = [_size(db.connection()) / stage.checks for db in (chunks, whole)]
    print(f"{parts[0]} chunks, {parts[1]} months; a check takes {sizes[0]:.0f} and {sizes[1]:.0f} bytes\n")
    print(f"| CPU of client and server | chunks | months | months / chunks |\n{HEAD}")
    queries(stage)
    _storing(stage)
    _retention(stage)
    _back(stage)


@contextmanager
def _database(url: str) -> Iterator[Engine]:
    """Create a database with the extension on the server, and drop it after the block."""
    server = create_engine(make_url(url), isolation_level="AUTOCOMMIT")
    name = f"watchwright_bench_{uuid4().hex[:8]}"
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = create_engine(make_url(url).set(database=name), connect_args={"options": ALONE})
    try:
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS timescaledb")
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
        server.dispose()


def _build(engine: Engine, checks: int, *, is_chunked: bool) -> float:
    """Fill a store that is split by month; if *is_chunked*, move it into chunks and return how long that took."""
    database.upgrade(engine)
    now = utc_now()
    with engine.begin() as connection:
        months.make_for(connection, [now + timedelta(days=day) for day in range(-DAYS, 31)])
        fill(connection, checks)
    began = time.monotonic()
    if is_chunked:
        with engine.begin() as connection:
            resplit.use_chunks(connection)
    took = time.monotonic() - began
    with Session(engine) as db, db.begin():
        hypertable.prepare(db, now)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("VACUUM ANALYZE")
    return took


def _size(connection: Connection) -> int:
    if hypertable.is_used(connection):
        return connection.scalar(text("SELECT hypertable_size('monitor_checks')")) or 0
    of_parts = (
        "SELECT sum(pg_total_relation_size(inhrelid)) FROM pg_inherits WHERE inhparent = 'monitor_checks'::regclass"
    )
    return connection.scalar(text(of_parts)) or 0


def _storing(stage: Stage) -> None:
    table = MonitorCheck.__table__
    assert isinstance(table, Table)
    now = utc_now()
    check = {"website_id": 1, "status": MonitorStatus.UP, "http_method": "GET", "response_time_ms": 12.5}
    check |= {"remote_address": "192.0.2.1:443", "http_version": "h2", "checked_at": now, "created_at": now}
    for count in (50, 500, 2_000):

        def store(db: Session, count: int = count) -> None:
            copy_in(db.connection(), table, [check | {"id": number} for number in next_ids(db, MonitorCheck, count)])

        with stage.both() as (chunks, whole):
            took = cpu_in_turns({"chunks": (chunks, store), "whole": (whole, store)}, max(5, 5_000 // count))
        row(f"{count:,} checks stored by COPY", took["chunks"], took["whole"])


def _retention(stage: Stage) -> None:
    """Drop the second part of each alone and the third while others store checks; the first part is incomplete."""
    with stage.both() as (chunks, whole):
        weeks, past = hypertable.existing(chunks.connection())[1:3], months.existing(whole.connection())[1:3]
        rows = chunks.scalar(_count(weeks[0])), whole.scalar(_count(past[0]))
        week = in_turns({"": lambda: _drop(chunks, hypertable.drop, weeks[0])}, 1)[""]
        month = in_turns({"": lambda: _drop(whole, months.drop, past[0])}, 1)[""]
    print(f"\n| elapsed time | a chunk ({rows[0]:,} checks) | a month ({rows[1]:,}) | |\n{HEAD}")
    row("it goes", week, month)
    weekly = beside(stage.split, lambda db: hypertable.drop(db, weeks[1]))
    monthly = beside(stage.whole, lambda db: months.drop(db, past[1]))
    row("meanwhile 25 checks are stored by each of 4 writers: half within", median(weekly) * 1e3, median(monthly) * 1e3)
    row("… the longest", max(weekly) * 1e3, max(monthly) * 1e3)


def _count(part: Part) -> TextClause:
    return text(f"SELECT count(*) FROM {part.name}")


def _drop(db: Session, drop: Callable[[Session, Dropped], bool], part: Dropped) -> None:
    assert drop(db, part)
    db.commit()


def _back(stage: Stage) -> None:
    began = time.monotonic()
    with stage.split.begin() as connection:
        count = resplit.use_months(connection)
    print(f"\n{count:,} checks were moved back into months in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
