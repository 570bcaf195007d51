"""Compare reading past days as pages do with reading PostgreSQL's view for other programs.

``python -m benchmarks.days [--websites 10000]``; each website has 90 days with a gap and three outages.
"""

import argparse
import tempfile
from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._postgres import Postgres
from benchmarks._volume_stage import cpu_in_turns, ran_ns, row
from core import database
from core.clock import utc_now
from core.models.website_days import VIEW
from core.services import statistics, website_days

DAYS = 90
PAGE = 50  # websites on a status page

FILL = (
    """
    INSERT INTO websites (id, url, name, check_interval, timeout, is_active, created_at, updated_at)
    SELECT n, 'https://w' || n || '.example/', 'w' || n, 60, 10, true, now(), now() FROM generate_series(1, :websites) n
    """,
    """
    INSERT INTO website_states (website_id, status, checked_at, known_since, known_until)
    SELECT id, 'UP', now(), now() - interval '30 days', now() FROM websites
    """,
    """
    INSERT INTO coverage_spans (website_id, started_at, ended_at)
    SELECT id, now() - interval '90 days', now() - interval '31 days' FROM websites
    """,
    """
    INSERT INTO downtime_windows (website_id, started_at, ended_at, initial_status, affected_checks_count, created_at,
      updated_at)
    SELECT id, at, at + interval '20 minutes', 'DOWN', 3, now(), now()
    FROM websites, generate_series(1, 3) n, LATERAL (SELECT now() - n * interval '25 days') moments(at)
    """,
    """
    INSERT INTO rollup_days (website_id, bucket, up, degraded, down, unknown, answered, response_ms, fastest_ms,
      slowest_ms, dns_ms, dns_checks, connect_ms, connect_checks, tls_ms, tls_checks, ttfb_ms, ttfb_checks,
      download_ms, download_checks, sketch)
    SELECT id, extract(epoch FROM now())::bigint / 86400 - n, 1430, 0, 10, 0, 1430, 143000, 20, 900, 1430, 1430, 2860,
      1430, 12870, 1430, 114400, 1430, 7150, 1430, decode(repeat('0a', 200), 'hex')
    FROM websites, generate_series(1, 90) n
    """,
    "ANALYZE",
)
OF_ALL = f"SELECT website_id, sum(known_seconds), sum(down_seconds) FROM {VIEW} WHERE day >= :since GROUP BY 1"
OF_SOME = f"SELECT website_id, day, known_seconds, uptime FROM {VIEW} WHERE day >= :since AND website_id <= :most"


@cleaned_up()
def main() -> None:
    """Fill a store, refresh the view, read both ways in turns, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.days", description=__doc__)
    parser.add_argument("--websites", type=int, default=10_000)
    websites = parser.parse_args().websites
    with (
        tempfile.TemporaryDirectory(prefix="watchwright-bench-", dir="/tmp") as folder,
        Postgres(Path(folder)) as server,
    ):
        engine = database.make_engine(f"{server.url}&options=-cmax_parallel_workers_per_gather%3D0")
        try:
            database.upgrade(engine)
            with Session(engine) as db:
                _fill(db, websites)
                _refresh(db)
                _read(db, list(range(1, websites + 1)))
        finally:
            engine.dispose()


def _fill(db: Session, websites: int) -> None:
    for statement in FILL:
        db.execute(text(statement), {"websites": websites} if ":websites" in statement else {})
    db.commit()


def _refresh(db: Session) -> None:
    print("| the view | processor |\n| --- | --- |")
    for what in ("filled", "refreshed beside its readers"):
        before = ran_ns(db)
        website_days.outdate(db)
        assert website_days.refresh(db, utc_now())
        db.commit()
        print(f"| {what} | {(ran_ns(db) - before) / 1e9:.1f} s |", flush=True)
    rows, size = db.execute(text(f"SELECT count(*), pg_total_relation_size('{VIEW}') FROM {VIEW}")).one()
    print(f"\n{rows:,} days, {size / rows:.0f} bytes each with the index\n")


def _read(db: Session, ids: list[int]) -> None:
    db.execute(text(f"ANALYZE {VIEW}"))
    print("| processor of both sides | as pages do | from the view | view / pages |\n| --- | --- | --- | --- |")
    now = utc_now()
    today = now.date()
    since, some = {"since": today - timedelta(days=DAYS - 1)}, ids[:PAGE]

    def both(query: str, **given: Any) -> Callable[[Session], Any]:
        return lambda db: db.execute(text(query), since | given).all()

    month = timedelta(days=DAYS)
    ways = {
        f"{DAYS} days of all websites, together": (
            lambda db: statistics.uptimes(db, ids, [month], until=now), both(OF_ALL)
        ),
        f"each of {DAYS} days of {PAGE} websites": (
            lambda db: statistics.daily_uptimes(db, some, first_day=since["since"], last_day=today, zone=UTC),
            both(OF_SOME, most=PAGE),
        ),
    }  # fmt: skip
    for what, (as_pages, from_view) in ways.items():
        took = cpu_in_turns({"pages": (db, as_pages), "view": (db, from_view)}, 3)
        row(what, took["pages"], took["view"])


if __name__ == "__main__":
    main()
