"""Measure what is lost when Watchwright is killed or its store is locked, and whether its windows are correct.

A website on loopback fails path by path and logs its responses; the benchmark compares the store with that log.
``python -m benchmarks.keeping [--websites 200 --kills 20 --locked 60 --backups 5]``
"""

import argparse
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._flapping import CYCLE_SECONDS, FAILS_SECONDS
from benchmarks.monitor import fill
from core import database
from core.models import DowntimeWindow, Look, MonitorCheck, MonitorStatus
from core.workers.spool import FILE as HELD
from tests.e2e.server import WATCHWRIGHT, Server

INTERVAL_SECONDS = 5
RETRIES = 2  # default of WATCHWRIGHT_DOWN_RETRIES: the third failure in a row opens a window at the first
NEAR_SECONDS = 2.0  # longest time between a check's start and its response in the log
PATIENCE_SECONDS = 120.0  # to catch up after the lock
LOOK_SECONDS = 10.0  # longest duration of a look


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A line of the website's log."""

    at: float
    website_id: int
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The actions of the run; times in seconds since 1970, durations in seconds."""

    kills: Sequence[float]
    ended: float
    """When the server was asked to end."""
    backups: Sequence[float]
    caught_up: float
    """Time from the end of the lock until all waiting checks were stored."""


@cleaned_up()
def main() -> None:
    """Run the scenes, and print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keeping", description=__doc__)
    parser.add_argument("--websites", type=int, default=200, help=f"each is checked every {INTERVAL_SECONDS} s")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--locked", type=float, default=60.0, help="seconds for which another program holds the store")
    parser.add_argument("--backups", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as folder, flapping(Path(folder) / "log") as port:
        data_dir = Path(folder) / "data"
        fill(data_dir, port, given.websites, INTERVAL_SECONDS)
        with closing(sqlite3.connect(data_dir / "watchwright.sqlite3")) as plain, plain:
            plain.execute("UPDATE websites SET auto_debug = 0")  # no debug sessions, because only checks matter here
        server = Server(data_dir)
        kills = kill_repeatedly(server, given.kills)
        with server:
            backups = back_up(server, given.backups)
            lock(data_dir, given.locked)
            caught_up = catch_up(data_dir)
            ended = time.time()
            server.terminate()
        course = Course(kills=kills, ended=ended, backups=backups, caught_up=caught_up)
        report(data_dir, log_of(Path(folder) / "log"), course, given)


@contextmanager
def flapping(log: Path) -> Iterator[int]:
    """Run the website in its own process, and yield its port."""
    command = [sys.executable, "-m", "benchmarks._flapping", str(log)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield int(process.stdout.readline())
        process.stdin.close()


def kill_repeatedly(server: Server, times: int) -> list[float]:
    """Repeatedly start the server and send SIGKILL some seconds later; return the times of the kills."""
    chance = random.Random(7)
    kills = []
    for _ in range(times):
        with server:
            time.sleep(chance.uniform(2, 2 * INTERVAL_SECONDS))
        kills.append(time.time())
    return kills


def lock(data_dir: Path, seconds: float) -> None:
    """Lock the store like another program, so that nobody else can write."""
    with closing(sqlite3.connect(data_dir / "watchwright.sqlite3", isolation_level=None, timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        other.execute("ROLLBACK")


def catch_up(data_dir: Path) -> float:
    """Return the seconds until all checks that waited are stored."""
    began = time.perf_counter()
    while (data_dir / HELD).exists() and time.perf_counter() - began < PATIENCE_SECONDS:
        time.sleep(0.1)
    return time.perf_counter() - began


def back_up(server: Server, times: int) -> list[float]:
    """Run ``watchwright backup`` beside the server, verify each backup, and return the duration of each."""
    took, before = [], 0
    for number in range(times):
        file = server.data_dir.with_name(f"backup-{number}.sqlite3")
        began = time.perf_counter()
        environment = os.environ | {"WATCHWRIGHT_DATA_DIR": str(server.data_dir)}
        subprocess.run([WATCHWRIGHT, "backup", file], env=environment, check=True, capture_output=True)
        took.append(time.perf_counter() - began)
        with closing(sqlite3.connect(file)) as kept:
            assert kept.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (count,) = kept.execute("SELECT count(*) FROM monitor_checks").fetchone()
        assert count >= before
        before = count
        time.sleep(1)
    return took


def log_of(path: Path) -> list[Answer]:
    """Return the responses in the website's log; its first path belongs to the first website."""
    lines = (line.split() for line in path.read_text().splitlines())
    return [Answer(at=float(at), website_id=int(number) + 1, failed=status == "500") for at, number, status in lines]


def report(data_dir: Path, log: Sequence[Answer], course: Course, given: argparse.Namespace) -> None:
    """Compare the store with the log, and print the results."""
    with closing(sqlite3.connect(data_dir / "watchwright.sqlite3")) as plain:
        (sound,) = plain.execute("PRAGMA integrity_check").fetchone()
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db:
        checks, windows, looks = stored_checks(db), stored_windows(db), stored_looks(db)
    engine.dispose()
    lost = [
        check
        for check in missing(log, checks)
        if not any(0 <= check.at - at < LOOK_SECONDS for at in looks[check.website_id])
    ]
    ends_of_it = [*course.kills, course.ended]
    early = [
        check for check in lost if not any(0 <= end - check.at <= 1.0 for end in ends_of_it) and check.at < course.ended
    ]
    doubles = sum(len(some) - len(set(some)) for some in checks.values())
    wrong = sum(windows.get(key, []) != expected_windows(some) for key, some in checks.items())
    starts, ends = edges(windows)
    print(f"{given.websites} websites every {INTERVAL_SECONDS} s, {len(course.kills)} times SIGKILL, ", end="")
    print(f"{given.locked:.0f} s locked, load {os.getloadavg()[0]:.1f}\n")
    print("| what | figure |\n| --- | --- |")
    print(f"| responses in the website's log | {len(log):,} |")
    print(f"| … not in the store, within a second before a kill or the end | {len(lost) - len(early)} |")
    print(f"| … not in the store for other reasons | {len(early)} |")
    print(f"| until all checks that waited for the lock were stored | {course.caught_up:.1f} s |")
    print(f"| checks stored twice | {doubles} |")
    print(f"| downtime windows, of them different from the checks | {sum(map(len, windows.values()))}, {wrong} |")
    print(f"| window's start after the fault's, median / max | {spread(starts)} |")
    print(f"| window's end after the fault's, median / max | {spread(ends)} |")
    print(f"| `PRAGMA integrity_check` at the end | {sound} |")
    if took := course.backups:
        print(f"| `watchwright backup` under load, median / max | {spread(took, digits=2)} |")


def spread(seconds: Sequence[float], *, digits: int = 1) -> str:
    """Format the median and the maximum; ``none`` if a short run has no values."""
    return f"{median(seconds):.{digits}f} / {max(seconds):.{digits}f} s" if seconds else "none"


Check = tuple[float, bool]
"""When the check began, and whether it failed."""
Window = tuple[float, float | None]


def stored_checks(db: Session) -> dict[int, list[Check]]:
    """Return the checks by website, sorted by time."""
    found = defaultdict(list)
    query = select(MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.status)
    for website_id, at, status in db.execute(query.order_by(MonitorCheck.checked_at)):
        found[website_id].append((at.timestamp(), status is MonitorStatus.DOWN))
    return found


def stored_windows(db: Session) -> dict[int, list[Window]]:
    """Return the windows by website, sorted by start."""
    found = defaultdict(list)
    for window in db.scalars(select(DowntimeWindow).order_by(DowntimeWindow.started_at)):
        end = window.ended_at.timestamp() if window.ended_at else None
        found[window.website_id].append((window.started_at.timestamp(), end))
    return found


def stored_looks(db: Session) -> dict[int, list[float]]:
    """Return when looks at each website began: they send requests, too, but are no checks."""
    found = defaultdict(list)
    for website_id, at in db.execute(select(Look.website_id, Look.began_at)):
        found[website_id].append(at.timestamp())
    return found


def missing(log: Sequence[Answer], checks: Mapping[int, Sequence[Check]]) -> list[Answer]:
    """Return the responses without a stored check that began just before."""
    lost = []
    for answer in log:
        moments = [at for at, _failed in checks.get(answer.website_id, ())]
        place = bisect_left(moments, answer.at - NEAR_SECONDS)
        if place == len(moments) or moments[place] > answer.at + 0.01:
            lost.append(answer)
    return lost


def expected_windows(checks: Sequence[Check]) -> list[Window]:
    """Derive windows from checks independently: enough failures in a row are a downtime until the next success."""
    found: list[Window] = []
    failures: list[float] = []
    for at, failed in checks:
        if failed:
            failures.append(at)
            continue
        if len(failures) > RETRIES:
            found.append((failures[0], at))
        failures = []
    return [*found, (failures[0], None)] if len(failures) > RETRIES else found


def edges(windows: Mapping[int, Sequence[Window]]) -> tuple[list[float], list[float]]:
    """Return by how many seconds windows begin and end later than their faults."""
    starts, ends = [], []
    for website_id, some in windows.items():
        for start, end in some:
            began = start - (start + website_id - 1) % CYCLE_SECONDS
            starts.append(start - began)
            if end is not None:
                ends.append(end - began - FAILS_SECONDS)
    return starts, ends


if __name__ == "__main__":
    main()
