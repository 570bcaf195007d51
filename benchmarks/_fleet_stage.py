"""A fleet on one machine: a PostgreSQL of its own, a website on loopback, and workers that are real processes."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
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

from core import database
from core.clock import utc_now
from core.config import Settings
from core.models import CheckSchedule, MonitorCheck, Website
from core.workers.pgqueuer_queue import APPLICATION
from tests.postgres import programs, unprivileged

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = "-c max_connections=100 -c shared_buffers=128MB -c max_wal_size=2GB"


class Postgres:
    """A server of its own that can be restarted; durable, unlike the tests'."""

    def __init__(self, folder: Path, address: str = "") -> None:
        """It listens on *address* too, and lets in whoever comes from there, when there is one."""
        self.folder, self._address = folder, address
        self._user = unprivileged()
        if self._user is not None:
            shutil.chown(folder, self._user)
        self._run("initdb", "-D", "data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C", "--no-sync")
        if address:
            with (folder / "data" / "pg_hba.conf").open("a") as allowed:
                allowed.write("host all all 0.0.0.0/0 trust\n")  # in a network that is joined to nothing
        self.start()
        self._run("createdb", "-h", str(folder), "-U", "postgres", "watchwright")

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://postgres@/watchwright?host={self.folder}"

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0]))

    def start(self) -> None:
        own = f"-c listen_addresses='{self._address}' -k {self.folder}"
        self._run("pg_ctl", "start", "-D", "data", "-w", "-l", "log", "-o", f"{POSTGRES} {own}")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "stop", "-D", "data", "-m", mode)

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [programs() / program, *arguments],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            check=True,
            timeout=60,
            user=self._user,
            extra_groups=None if self._user is None else [],
        )


PATIENCE_SECONDS = 120.0  # a busy machine takes long to start Python

WORK = """
import sys
from datetime import timedelta
from core import clock
from core.workers.__main__ import main
clock.set_clock(clock.utc_now() + timedelta(seconds=float(sys.argv[1])))
main()
"""


class Worker:
    """What ``python -m core.workers`` is, perhaps with a wrong clock; it ends when this process does."""

    def __init__(
        self,
        url: str,
        *,
        ahead_seconds: float = 0.0,
        within: Sequence[str] = (),
        joined: Callable[[int], None] = lambda _pid: None,
        **others: Any,
    ) -> None:
        """Start it by the command *within*, and let it go once *joined* has its pid; *others* are further settings."""
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
        """As the kernel does when there is no memory left."""
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def end(self) -> None:
        """Let it store what it has."""
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
    postgres: Postgres
    engine: Engine
    workers: list[Worker] = field(default_factory=list)

    def hire(self, count: int = 1, *, ahead_seconds: float = 0.0, **others: Any) -> list[Worker]:
        """Start so many workers, whose clocks are ahead by so much; *others* are further settings."""
        hired = [Worker(self.postgres.url, ahead_seconds=ahead_seconds, **others) for _ in range(count)]
        self.workers.extend(hired)
        return hired

    def await_workers(self) -> None:
        """Return once all that run take jobs."""
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        query = text("SELECT count(*) FROM pg_stat_activity WHERE application_name = :name")
        while time.monotonic() < give_up_at:
            with self.engine.connect() as connection:
                if connection.scalar(query, {"name": APPLICATION}) >= sum(one.is_running for one in self.workers):
                    return
            time.sleep(0.1)
        raise TimeoutError("the workers do not start")

    def cpu_seconds(self) -> dict[str, float]:
        """What the workers that run and PostgreSQL have used until now."""
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
    """A store that watches *urls*, their checks spread over the interval as in a fleet that has run for long.

    It is reached at *address* too, when there is one.
    """
    folder = Path(tempfile.mkdtemp(prefix="wwfleet-", dir="/tmp"))
    postgres = Postgres(folder, address)
    engine = database.make_engine(postgres.url)
    stage = Stage(postgres=postgres, engine=engine)
    try:
        database.upgrade(engine)
        _fill(engine, urls, interval)
        yield stage
    finally:
        for worker in stage.workers:
            worker.thaw()
            worker.end()
        engine.dispose()
        postgres.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


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
    """What the store has of a span of time."""

    checks: int
    doubles: int
    """Slots of which two checks are stored."""
    lost: int
    """Slots between two others of a website of which none is stored."""
    late_seconds: Sequence[float]
    """Of each check, by how much it began after it was due; in order."""
    longest_gap_seconds: float
    """Between two checks of a website."""
    silent: int
    """Websites without any check."""

    def late(self, share: float) -> float:
        """So many seconds late at most is this share of them; 0 where there are none."""
        if not self.late_seconds:
            return 0.0
        return self.late_seconds[min(int(len(self.late_seconds) * share), len(self.late_seconds) - 1)]


def kept(stage: Stage, *, since: datetime, until: datetime) -> Kept:
    """What was stored for the slots from *since* to *until*."""
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
