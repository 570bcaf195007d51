"""Measure the total cost of watching many websites: server, monitor and store, without an open page.

CPU, memory and written bytes are the kernel's figures for all its processes, after each website was checked twice.
The websites are one program on loopback whose CPU is not counted.
``python -m benchmarks.monitor [--websites 500 --interval 20 --seconds 120 --history 0 --hanging 0]``
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles

import psutil
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from core import database
from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus, Website
from core.services import rollups
from core.services.coverage_rebuild import rebuild_coverage
from tests.e2e.server import Server

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """The resources that the processes had used at one moment."""

    at: datetime
    cpu_seconds: dict[int, float]
    written_bytes: int
    resident_bytes: dict[int, int]
    """Proportional set size, which counts shared memory once."""


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.monitor", description=__doc__)
    parser.add_argument("--websites", type=int, default=500)
    parser.add_argument("--interval", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120.0)
    parser.add_argument("--history", type=int, default=0, help="checks that each website has already")
    parser.add_argument("--hanging", type=int, default=0, help="websites, of all, that never answer")
    parser.add_argument("--settle", type=float, help="seconds before the measurement (two intervals, 45 at least)")
    given = parser.parse_args()
    if given.settle is None:
        given.settle = max(2 * given.interval, 45.0)  # from the second check on, a website keeps its slot
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder, answering() as port:
        fill(Path(folder) / "data", port, given.websites, given.interval, history=given.history, hanging=given.hanging)
        os.environ["WATCHWRIGHT_BASELINE_HOURS"] = "0"
        with Server(Path(folder) / "data") as server:
            assert server.process is not None
            time.sleep(given.settle)
            before = use_of(server.process.pid)
            time.sleep(given.seconds)
            after = use_of(server.process.pid)
            server.terminate()
        report(Path(folder) / "data", before, after, given)


@contextmanager
def answering(address: str = "127.0.0.1", log: Path | None = None) -> Iterator[int]:
    """Run a website in its own process, and yield its port; it logs its responses to *log*, if given."""
    command = [sys.executable, "-m", "benchmarks._answering", address, *([str(log)] if log else [])]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def fill(folder: Path, port: int, websites: int, interval: int, *, history: int = 0, hanging: int = 0) -> None:
    """Fill a store with *websites*, each with *history* checks until now; *hanging* of them never answer."""
    folder.mkdir()
    engine = database.make_engine(f"sqlite:///{folder / 'watchwright.sqlite3'}")
    database.upgrade(engine)
    now, step = utc_now(), timedelta(seconds=interval)
    rows = [
        {
            "url": f"http://127.0.0.1:{port}/{'hanging' if number < hanging else ''}{number}",
            "name": f"Website {number}",
            "check_interval": interval,
            "timeout": 10,
            "is_active": True,
            "created_at": now,
            "updated_at": now,
        }
        for number in range(websites)
    ]
    with Session(engine) as db:
        db.execute(insert(Website), rows)
        for number in range(history, 0, -1):
            found = {"status": MonitorStatus.UP, "response_time_ms": 1.0, "checked_at": now - number * step}
            db.execute(insert(MonitorCheck), [{"website_id": index + 1, **found} for index in range(websites)])
        if history:
            rebuild_coverage(db)
            for website_id in range(1, websites + 1):  # otherwise the server would do it during the measurement
                while not rollups.catch_up(db, website_id, now):
                    pass
        db.commit()
    engine.dispose()


def use_of(pid: int) -> Use:
    """Return the resources that Watchwright's processes have used so far."""
    server = psutil.Process(pid)
    processes = [server, *server.children(recursive=True)]
    times = {process.pid: process.cpu_times() for process in processes}
    return Use(
        at=utc_now(),
        cpu_seconds={pid: spent.user + spent.system for pid, spent in times.items()},
        written_bytes=sum(process.io_counters().write_bytes for process in processes),
        resident_bytes={process.pid: process.memory_full_info().pss for process in processes},
    )


def report(folder: Path, before: Use, after: Use, given: argparse.Namespace) -> None:
    """Print the difference between both moments."""
    engine = database.make_engine(f"sqlite:///{folder / 'watchwright.sqlite3'}")
    query = select(MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.status, MonitorCheck.lag_ms).where(
        MonitorCheck.checked_at >= before.at - timedelta(seconds=1), MonitorCheck.checked_at < after.at
    )
    with Session(engine) as db:
        rows = db.execute(query.order_by(MonitorCheck.website_id, MonitorCheck.checked_at)).all()
    engine.dispose()
    seconds = (after.at - before.at).total_seconds()
    checks = sum(at >= before.at for _website, at, _status, _lag in rows)
    cpu = {pid: spent - before.cpu_seconds.get(pid, 0.0) for pid, spent in after.cpu_seconds.items()}
    monitor = max(cpu, key=lambda pid: cpu[pid])
    times, lags = defaultdict(list), []
    for website_id, at, status, lag in rows:
        if status is MonitorStatus.UP:  # failing websites are retried sooner
            times[website_id].append(at)
            lags.append(lag or 0.0)
    errors = [
        abs((later - earlier).total_seconds() - given.interval) * 1_000
        for moments in times.values()
        for earlier, later in pairwise(moments)
    ]
    expected = given.websites * seconds / given.interval
    memory = sum(after.resident_bytes.values()) / MIB
    print(f"{given.websites} websites every {given.interval} s for {seconds:.0f} s, load {os.getloadavg()[0]:.1f}\n")
    print("| what | figure | target |\n| --- | --- | --- |")
    print(f"| checks stored, of those due | {checks} of {expected:.0f}, {len(lags) / max(len(rows), 1):.2%} up | all |")
    print(f"| CPU-s per 1,000 stored checks, whole cycle | {sum(cpu.values()) / checks * 1_000:.2f} | ≤ 0.5 |")
    print(f"| … of it the monitor's process | {cpu[monitor] / checks * 1_000:.2f} | |")
    print(f"| resident memory (PSS), all processes | {memory:.0f} MiB | ≤ 120 MB |")
    print(f"| … of it the monitor's process | {after.resident_bytes[monitor] / MIB:.0f} MiB | |")
    written = (after.written_bytes - before.written_bytes) / checks
    print(f"| bytes written to disk per check | {written:.0f} | ≤ 1,500 |")
    if len(errors) > 1:
        print(f"| gap error, median / p99 | {median(errors):.1f} / {quantiles(errors, n=100)[98]:.1f} ms | < 20 ms |")
    if len(lags) > 1:
        print(f"| lag of a start, median / p99 | {median(lags):.1f} / {quantiles(lags, n=100)[98]:.1f} ms | |")


if __name__ == "__main__":
    main()
