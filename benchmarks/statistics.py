"""Measure uptime and heartbeat bars of 100 websites over up to 90 days, from rollups and from raw checks.

The reference size is ``python -m benchmarks.statistics --checks 10000000``. Filling that store takes some minutes and
2 GB; ``--keep FOLDER`` keeps it for later runs.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session

from core.database import make_engine
from core.models import Base, DowntimeWindow, MonitorCheck, Website
from core.services import coverage, rollups, statistics
from core.services.coverage_rebuild import rebuild_coverage

WEBSITES = 100
DAYS = 90
SPANS = {"24 h": 1, "30 d": 30, "90 d": 90}
UNTIL = datetime(2026, 3, 1, tzinfo=UTC)
OUTAGES = 20  # downtime windows per website
OFF_SECONDS = 3 * 3_600  # per week; Watchwright was off, so that nothing is known
BEATS = 60  # buckets of a heartbeat bar
SEEN = 10  # websites whose bars are drawn; rolling up the checks of all takes a quarter of an hour
FEW_MS, MANY_TIMES = 50, 500  # targets

FILL = """
WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < :each)
INSERT INTO monitor_checks (website_id, status, http_method, response_time_ms, checked_at, created_at)
SELECT websites.id, CASE WHEN n % 997 = 0 THEN 'DOWN' ELSE 'UP' END, 'GET', 100 + n % 50,
       strftime('%Y-%m-%d %H:%M:%f000', :first + n * :step, 'unixepoch'),
       strftime('%Y-%m-%d %H:%M:%f000', :first + n * :step, 'unixepoch')
FROM number CROSS JOIN websites WHERE CAST(n * :step AS INTEGER) % 604800 >= :off
"""

SCAN = """
WITH spoken AS (
  SELECT website_id, status, julianday(checked_at) AS begins,
         lead(julianday(checked_at)) OVER (PARTITION BY website_id ORDER BY checked_at, id) AS ends
  FROM monitor_checks WHERE checked_at >= :since AND checked_at < :until
)
SELECT website_id, sum(CASE WHEN status = 'DOWN' THEN 0 ELSE min(ends - begins, :trusted) END)
  / sum(min(ends - begins, :trusted))
FROM spoken WHERE status <> 'UNKNOWN' GROUP BY website_id
"""


def main() -> None:
    """Fill a store, measure both ways in turns, and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics", description=__doc__)
    parser.add_argument("--checks", type=int, default=1_000_000, help="stored checks in all (default: 1 million)")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="where the store is, or is to stay")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder:
        file = (given.keep or Path(folder)) / "store.sqlite3"
        is_there = file.exists()
        engine = make_engine(f"sqlite:///{file}")
        if not is_there:
            _fill(engine, given.checks)
        _measure(engine, given.runs)
        engine.dispose()


def _fill(engine: Engine, checks: int) -> None:
    Base.metadata.create_all(engine)
    each = checks // WEBSITES
    step = DAYS * 86_400 / each
    with Session(engine) as db, db.begin():
        db.add_all(
            Website(url=f"https://{number}.example/", name=str(number), check_interval=max(round(step), 5))
            for number in range(WEBSITES)
        )
        db.flush()
        first = (UNTIL - timedelta(days=DAYS)).timestamp()
        db.execute(text(FILL), {"each": each, "first": first, "step": step, "off": OFF_SECONDS})
        for number in range(OUTAGES * WEBSITES):
            started_at = UNTIL - timedelta(days=DAYS * (number // WEBSITES + 0.5) / OUTAGES)
            ended_at = started_at + timedelta(minutes=number % 30 + 1)
            db.add(DowntimeWindow(website_id=number % WEBSITES + 1, started_at=started_at, ended_at=ended_at))
    began = time.perf_counter()
    with Session(engine) as db, db.begin():
        rebuild_coverage(db)
    print(f"Known time reckoned anew from {checks:,} checks in {time.perf_counter() - began:.1f} s,")
    began = time.perf_counter()
    for website_id in range(1, SEEN + 1):
        _add_up(engine, website_id)
    print(f"minutes, hours and days of {SEEN} websites added up in {time.perf_counter() - began:.1f} s.\n")


def _add_up(engine: Engine, website_id: int) -> None:
    is_whole = False
    while not is_whole:
        with Session(engine) as db, db.begin():
            is_whole = rollups.catch_up(db, website_id, UNTIL)


def _measure(engine: Engine, runs: int) -> None:
    ids = list(range(1, WEBSITES + 1))
    with Session(engine) as db:
        checks = db.scalar(select(func.count()).select_from(MonitorCheck)) or 0
        trusted = coverage.validity_of(db, ids[:1])[1] / timedelta(days=1)

        def kept(days: int) -> object:
            return statistics.uptime(db, ids, since=UNTIL - timedelta(days=days), until=UNTIL)

        def kept_of_all(_days: int) -> object:
            return statistics.uptimes(db, ids, [timedelta(days=days) for days in SPANS.values()], until=UNTIL)

        def scanned(days: int) -> object:
            limits = {
                "since": f"{UNTIL - timedelta(days=days):%Y-%m-%d %H:%M:%S}",
                "until": f"{UNTIL:%Y-%m-%d %H:%M:%S}",
            }
            return db.execute(text(SCAN), limits | {"trusted": trusted}).all()

        def bars(days: int) -> object:
            since = UNTIL - timedelta(days=days)
            return statistics.status_buckets(db, ids[:SEEN], since=since, until=UNTIL, count=BEATS)

        drawn = {name: _milliseconds(bars, days) for name, days in SPANS.items()}
        kept_of_all(0)  # compiles the statements once
        ours, together, theirs = [], [], []
        for _ in range(runs):  # in turns, so that other load slows both alike
            ours.append({name: _milliseconds(kept, days) for name, days in SPANS.items()})
            together.append(_milliseconds(kept_of_all, 0))
            theirs.append({name: _milliseconds(scanned, days) for name, days in SPANS.items()})
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print(f"| uptime of {WEBSITES} websites, {checks:,} checks | raw scan, ms | from rollups, ms | times faster |")
    print("| --- | ---: | ---: | ---: |")
    for name in SPANS:
        _row(name, median(run[name] for run in theirs), median(run[name] for run in ours))
    all_theirs = median(sum(run.values()) for run in theirs)
    _row("all three, one by one", all_theirs, median(sum(run.values()) for run in ours))
    _row("all three, as pages read them", all_theirs, median(together))
    told = ", ".join(f"{took:,.0f} ms over {name}" for name, took in drawn.items())
    print(f"\nThe heartbeat bars of {SEEN} of them: {told}.")
    print(f"\nTarget with 10 million checks: {FEW_MS} ms for all three, {MANY_TIMES} times faster than the scan.")


def _milliseconds(work: Callable[[int], object], days: int) -> float:
    began = time.perf_counter()
    work(days)
    return (time.perf_counter() - began) * 1000


def _row(name: str, scan: float, kept: float) -> None:
    print(f"| {name} | {scan:,.0f} | {kept:,.1f} | {scan / kept:,.0f} |")


if __name__ == "__main__":
    main()
