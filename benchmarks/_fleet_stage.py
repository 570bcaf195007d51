"""Runs a fleet on one machine: its own PostgreSQL server, a website on loopback, and real worker processes."""

import os
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from secrets import token_hex
from typing import Any

import psutil
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.orm import Session

from benchmarks._postgres import Postgres
from benchmarks._waiting import wait_until
from core import database
from core.clock import utc_now
from core.config import Settings
from core.models import CheckSchedule, MonitorCheck, Website
from core.workers.pgqueuer_queue import APPLICATION

ROOT = Path(__file__).resolve().parents[1]
START_TIMEOUT_SECONDS = 120.0  # starting Python takes long on a busy machine

WORK = """
import sys
from datetime import timedelta
from core import clock
from core.workers.__main__ import main
clock.set_clock(clock.utc_now() + timedelta(seconds=float(sys.argv[1])))
main()
"""


class Worker:
    """A process like ``python -m core.workers``, optionally with a wrong clock; it ends with this process."""

    def __init__(
        self,
        url: str,
        *,
        ahead_seconds: float = 0.0,
        within: Sequence[str] = (),
        joined: Callable[[int], None] = lambda _pid: None,
        **others: Any,
    ) -> None:
        """Start the worker with the prefix *within*; it proceeds after *joined(pid)*. *others* are further settings."""
        given: dict[str, Any] = {"fleet": True, "log_level": "ERROR"} | others
        settings = Settings(database_url=url, **given)
        command = [*within, sys.executable, "-c", WORK, str(ahead_seconds)]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT, env=environment)
        assert self._process.stdin is not None
        joined(self._process.pid)
        self._process.stdin.write(settings.to_line(monitor=token_hex(8)) + b"\n")
        self._process.stdin.flush()
        self.seen = psutil.Process(self._process.pid)

    def kill(self) -> None:
        """Kill the worker like the kernel's OOM killer."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """End the worker gracefully, so that it stores what it has."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    folder: Path
    postgres: Postgres
    engine: Engine
    workers: list[Worker] = field(default_factory=list)

    def start_workers(self, count: int = 1, *, ahead_seconds: float = 0.0, **others: Any) -> list[Worker]:
        """Start *count* workers whose clocks are ahead by *ahead_seconds*; *others* are further settings."""
        hired = [Worker(self.postgres.url, ahead_seconds=ahead_seconds, **others) for _ in range(count)]
        self.workers.extend(hired)
        return hired

    def await_workers(self) -> None:
        """Wait until all running workers take jobs."""
        query = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")

        def take_jobs() -> bool:
            with self.engine.connect() as connection:
                connected: int = connection.scalar(query, {"name": APPLICATION})
            return connected >= sum(worker.is_running for worker in self.workers)

        wait_until(take_jobs, timeout_seconds=START_TIMEOUT_SECONDS)

    def cpu_seconds(self) -> dict[str, float]:
        """Return the CPU seconds that the running workers and PostgreSQL have used so far."""
        server = self.postgres.process
        spent = {"PostgreSQL": sum(map(_cpu_seconds, [server, *server.children(recursive=True)]))}
        spent["workers"] = sum(_cpu_seconds(worker.seen) for worker in self.workers if worker.is_running)
        return spent


def _cpu_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system


@contextmanager
def staged(urls: Sequence[str], *, interval: int, address: str = "") -> Iterator[Stage]:
    """Run a stage that watches *urls*, with checks spread over the interval as in a fleet that has run for long.

    *address*, if given, is an additional address of its PostgreSQL server.
    """
    with (
        tempfile.TemporaryDirectory(prefix="wwfleet-", dir="/tmp") as folder,
        Postgres(Path(folder), address) as postgres,
    ):
        engine = database.make_engine(postgres.url)
        stage = Stage(folder=Path(folder), postgres=postgres, engine=engine)
        try:
            database.upgrade(engine)
            _fill(engine, urls, interval)
            yield stage
        finally:
            for worker in stage.workers:
                worker.thaw()
                worker.end()
            engine.dispose()


def _fill(engine: Engine, urls: Sequence[str], interval: int) -> None:
    now = utc_now()
    same = {"check_interval": interval, "timeout": min(10, interval), "created_at": now, "updated_at": now}
    rows = [{"url": url, "name": f"Website {number}", "is_active": True, **same} for number, url in enumerate(urls)]
    spread = text(
        "INSERT INTO check_schedules (website_id, interval_seconds, next_due_at) "
        "SELECT id, check_interval, now() + (5 + random() * check_interval) * interval '1 second' FROM websites"
    )
    with Session(engine) as db:
        db.execute(insert(Website), rows)
        db.execute(spread)
        db.commit()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """The checks that the store has for a span of time."""

    checks: int
    doubles: int
    """Number of slots with two stored checks."""
    lost: int
    """Number of slots without a stored check, between two others of the same website."""
    late_seconds: Sequence[float]
    """Delay of each check after its due time, sorted."""
    longest_gap_seconds: float
    """Between two checks of a website."""
    silent: int
    """Websites without any check."""

    def late(self, share: float) -> float:
        """Return the delay in seconds that *share* of the checks do not exceed; 0 without checks."""
        if not self.late_seconds:
            return 0.0
        return self.late_seconds[min(int(len(self.late_seconds) * share), len(self.late_seconds) - 1)]


def kept(stage: Stage, *, since: datetime, until: datetime) -> Kept:
    """Return the checks that are stored for the slots from *since* to *until*."""
    query = (
        select(MonitorCheck.website_id, MonitorCheck.due_at, MonitorCheck.checked_at)
        .where(MonitorCheck.due_at >= since, MonitorCheck.due_at < until)
        .order_by(MonitorCheck.website_id, MonitorCheck.due_at)
    )
    slots: dict[int, list[tuple[datetime, datetime]]] = defaultdict(list)
    with Session(stage.engine) as db:
        planned = select(CheckSchedule.website_id, CheckSchedule.interval_seconds)
        intervals: dict[int, int] = {row[0]: row[1] for row in db.execute(planned)}
        for website_id, due_at, checked_at in db.execute(query):
            slots[website_id].append((due_at or checked_at, checked_at))
    pairs = [(website_id, *pair) for website_id, of_one in slots.items() for pair in pairwise(of_one)]
    return Kept(
        checks=sum(map(len, slots.values())),
        doubles=sum(first[0] == second[0] for _website_id, first, second in pairs),
        lost=sum(
            max(round((second[0] - first[0]).total_seconds() / intervals[website_id]) - 1, 0)
            for website_id, first, second in pairs
        ),
        late_seconds=sorted((at - due).total_seconds() for of_one in slots.values() for due, at in of_one),
        longest_gap_seconds=max(((second[1] - first[1]).total_seconds() for _id, first, second in pairs), default=0.0),
        silent=len(intervals.keys() - slots.keys()),
    )


def store_now(stage: Stage) -> datetime:
    with stage.engine.connect() as connection:
        found = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    assert isinstance(found, datetime)
    return found
