"""Test a fleet of workers on one PostgreSQL while machines fail, and calculate the needs of larger fleets.

Workers are real processes: one is killed, one is frozen for 20 s, PostgreSQL is restarted, and a worker with a wrong
clock joins. ``python -m benchmarks.fleet [--websites 10000 --interval 30 --workers 4]`` takes three minutes.

``--costs`` measures the cost of a check on one busy worker within two minutes, and prints the tables of
docs/scaling.md and the new value of `benchmarks._fleet_model.MEASURED`. ``--model`` calculates the tables from the
current value without measuring.
"""

import argparse
import os
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks import _fleet_model
from benchmarks._ending import cleaned_up
from benchmarks._fleet_model import Costs
from benchmarks._fleet_stage import Kept, Stage, kept, staged, store_now
from benchmarks._volume_stage import cpu_in_turns
from benchmarks.monitor import answering
from core.clock import utc_now
from core.models import Website
from core.services import changes, retention
from core.services.levels import MINUTE
from core.signals import CheckRecorded
from core.workers.bridge import facts, messages
from core.workers.fleet_agenda import FleetAgenda
from core.workers.monitor import Monitor
from core.workers.watched_websites import WatchedWebsites, read_anew

WARM_SECONDS = 12.0
HANDED_OUT = timedelta(seconds=2)
HOUR = 3_600.0

MINUTES = """
INSERT INTO rollup_minutes (website_id, bucket, up, degraded, down, unknown, answered, response_ms, dns_ms, dns_checks,
  connect_ms, connect_checks, tls_ms, tls_checks, ttfb_ms, ttfb_checks, download_ms, download_checks, sketch)
SELECT id, CAST(extract(epoch FROM now()) AS int) / 60 - n - 60,
  1, 0, 0, 0, 1, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, '0123456789'
FROM websites, generate_series(1, 60) n
"""


@cleaned_up()
def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("--websites", type=int, default=10_000)
    parser.add_argument("--interval", type=int, default=30)
    parser.add_argument("--workers", type=int, help="4, and 1 with --costs")
    parser.add_argument("--steady", type=float, default=20.0, help="seconds of work before the first failure")
    parser.add_argument("--costs", type=float, nargs="?", const=60.0, metavar="SECONDS", help="measure them so long")
    parser.add_argument("--model", action="store_true", help="compute what more websites take, and measure nothing")
    given = parser.parse_args()
    if given.model:
        print("\n\n".join(_fleet_model.tables()))
    elif given.costs:
        print_costs(given)
    else:
        run_failures(given)


@contextmanager
def at_work(given: argparse.Namespace, workers: int) -> Iterator[Stage]:
    """Run a stage whose workers have checked the websites for a while."""
    with answering() as port:
        urls = [f"http://127.0.0.1:{port}/{number}" for number in range(given.websites)]
        with staged(urls, interval=given.interval) as stage:
            stage.start_workers(workers)
            stage.await_workers()
            time.sleep(WARM_SECONDS)
            yield stage


def print_costs(given: argparse.Namespace) -> None:
    """Measure the cost of a check, and print the tables."""
    with at_work(given, given.workers or 1) as stage:
        costs = steady(stage, given.costs, given.websites)
        batch_ms, scan_ms = _housekeeping_ms(stage)
    costs = replace(costs, batch_ms=batch_ms, scan_ms=scan_ms)
    print(f"load {os.getloadavg()[0]:.1f}\n")
    print("\n\n".join(_fleet_model.tables(costs)))
    print("\nMEASURED = Costs(", *(f"    {name}={value:_}," for name, value in _rounded(costs).items()), ")", sep="\n")


def _rounded(costs: Costs) -> dict[str, float]:
    """Round to three significant figures, the precision of the measurement."""
    rounded = {name: float(f"{value:.3g}") for name, value in asdict(costs).items()}
    return {name: int(value) if value >= 100 else value for name, value in rounded.items()}


def run_failures(given: argparse.Namespace) -> None:
    """Stage the failures, and print the results."""
    workers = given.workers or 4
    with at_work(given, workers) as stage:
        since = store_now(stage)
        costs = steady(stage, given.steady, given.websites)
        calm = ("nothing", since, store_now(stage) - HANDED_OUT)
        spans = [(name, *stage_failure(stage, act, seconds)) for name, act, seconds in failures(stage)]
        until = store_now(stage) - HANDED_OUT
        time.sleep(WARM_SECONDS)  # until running checks are stored
        print(f"{given.websites:,} websites every {given.interval} s, {workers} workers, two cores, ", end="")
        print(f"load {os.getloadavg()[0]:.1f}\n")
        print("| failure | checks | delay: median | 99% | max | longest gap beyond the interval | lost | duplicate |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for name, first, last in [calm, *spans, ("all of it", since, until)]:
            row(name, kept(stage, since=first, until=last), given.interval)
        print(f"\nA check cost {costs.worker_cpu_ms:.2f} ms of workers and {costs.postgres_cpu_ms:.2f} of PostgreSQL.")


def steady(stage: Stage, seconds: float, websites: int) -> Costs:
    """Measure the cost of a check while nothing fails."""
    before, used, began = store_now(stage), stage.cpu_seconds(), time.monotonic()
    written, size = _written(stage), _size(stage)
    time.sleep(seconds)
    spent = {name: value - used[name] for name, value in stage.cpu_seconds().items()}
    passed = time.monotonic() - began
    checks = len(kept(stage, since=before, until=before + timedelta(seconds=passed)).late_seconds)
    memory = [worker.seen.memory_full_info().pss for worker in stage.workers if worker.is_running]
    return Costs(
        worker_cpu_ms=spent["workers"] / checks * 1_000,
        postgres_cpu_ms=spent["PostgreSQL"] / checks * 1_000,
        wal_bytes=(_written(stage) - written) / checks,
        stored_bytes=(_size(stage) - size) / checks,
        worker_bytes=sum(memory) / len(memory),
        known_websites=websites,
        website_bytes=_known_bytes(stage) / websites,
        read_ms=_reading_ms(stage),
        look_ms=_looking_ms(stage),
        told_us=_telling_us(),
        batch_ms=0.0,
        scan_ms=0.0,
        checks_per_second=checks / passed,
    )


def failures(stage: Stage) -> list[tuple[str, Callable[[], object], float]]:
    """Return the failures of the fleet: name, action, and the time to wait for its effects."""
    _first, killed, frozen, *_others = stage.workers

    def restart() -> None:
        stage.postgres.stop()
        stage.postgres.start()

    return [
        ("a worker is killed (-9)", killed.kill, 12.0),
        ("a worker is frozen", frozen.freeze, 20.0),
        ("it goes on", frozen.thaw, 6.0),
        ("PostgreSQL is restarted", restart, 15.0),
        ("a worker joins whose clock is an hour ahead", lambda: stage.start_workers(ahead_seconds=HOUR), 20.0),
    ]


def stage_failure(stage: Stage, act: Callable[[], object], seconds: float) -> tuple[datetime, datetime]:
    """Run *act*, wait, and return the start and end of the affected time by the store's clock."""
    since = store_now(stage) - HANDED_OUT  # running checks that were due just before are affected, too
    act()
    time.sleep(seconds)
    return since, store_now(stage) - HANDED_OUT


def row(name: str, found: Kept, interval: int) -> None:
    """Print one row of the table."""
    late = " | ".join(f"{found.late(share):.2f} s" for share in (0.5, 0.99, 1.0))
    gap = max(found.longest_gap_seconds - interval, 0.0)
    print(f"| {name} | {found.checks:,} | {late} | {gap:.1f} s | {found.lost} | {found.doubles} |", flush=True)


def _reading_ms(stage: Stage) -> float:
    """Return the CPU time of a worker to read and plan one changed website."""
    monitor = Monitor(stage.folder, agenda=FleetAgenda({}))
    with Session(stage.engine) as db:
        monitor._known = known = read_anew(db, WatchedWebsites(), None)
        monitor._plan({})
        db.get_one(Website, min(known.watched)).timeout += 1
        db.flush()
        began = time.process_time()
        monitor._known = read_anew(db, known, None)
        monitor._plan({})
        took = time.process_time() - began
        assert monitor._known.watched != known.watched
        db.rollback()
    return took * 1_000


def _looking_ms(stage: Stage) -> float:
    with Session(stage.engine) as db:
        return cpu_in_turns({"": (db, changes.websites_as_they_are)}, 20)[""]


def _known_bytes(stage: Stage) -> float:
    tracemalloc.start()
    with Session(stage.engine) as db:
        known = read_anew(db, WatchedWebsites(), None)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert known.watched
    return size


def _telling_us() -> float:
    """Return the CPU time of a process to handle the signal of a check that no open page shows."""
    said = [("check_recorded", CheckRecorded(website_id=number, check_id=10**9 + number)) for number in range(10_000)]
    told = list(messages("a", list(said)))
    began = time.process_time()
    for message in told:
        for heard, fact in facts(message, besides="b"):
            heard.send(fact)
    return (time.process_time() - began) / len(said) * 1_000_000


def _housekeeping_ms(stage: Stage) -> tuple[float, float]:
    """Return the CPU time to delete a batch of old minutes, and to scan for old minutes in vain."""
    for worker in stage.workers:
        worker.end()
    with stage.engine.begin() as connection:
        connection.execute(text("UPDATE website_states SET rolled_until = now() + interval '1 day'"))
        connection.execute(text(MINUTES))
    return _deleting_ms(stage, utc_now()), _deleting_ms(stage, utc_now() - timedelta(days=3))


def _deleting_ms(stage: Stage, before: datetime) -> float:
    with Session(stage.engine) as db:
        delete = {"": (db, lambda db: retention.delete_rollups(db, {MINUTE: before}))}
        took = cpu_in_turns(delete, 3)
        db.commit()
    return took[""]


def _written(stage: Stage) -> float:
    with stage.engine.connect() as connection:
        return float(connection.execute(text("SELECT pg_current_wal_lsn() - '0/0'::pg_lsn")).scalar_one())


def _size(stage: Stage) -> float:
    with stage.engine.connect() as connection:
        return float(
            connection.execute(
                text("SELECT sum(pg_total_relation_size(relid)) FROM pg_partition_tree('monitor_checks')")
            ).scalar_one()
        )


if __name__ == "__main__":
    main()
