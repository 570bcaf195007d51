"""Copy a store while a monitor writes to it, from SQLite to PostgreSQL and back, and verify the copy.

``python -m benchmarks.copying [--websites 500 --interval 20 --stored 300000]`` compares the copy with the store's state
at one moment, row by row. docs/operate.md contains the results.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._postgres import Postgres
from benchmarks.monitor import answering, fill
from core import database
from core.clock import utc_now
from core.models import MonitorCheck, MonitorStatus
from tests.e2e.server import WATCHWRIGHT, Server

SETTLE_SECONDS = 20.0
AFTER_SECONDS = 10.0
BATCH = 10_000
Row = tuple[int, int, datetime, MonitorStatus, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """The result of a copy."""

    seconds: float
    rows: int
    """Number of checks in the copy."""
    other: int
    """Number of those that differ from the store or are missing there."""
    left_out: int
    """Number of checks that the store got after the copied moment."""
    torn: int
    """Number of checks that are missing in the copy although it has later ones."""
    longest_pause_seconds: float
    """Longest time during the copy in which the store got no check."""


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.copying", description=__doc__)
    parser.add_argument("--websites", type=int, default=500)
    parser.add_argument("--interval", type=int, default=20)
    parser.add_argument("--stored", type=int, default=300_000)
    given = parser.parse_args()
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="wwcopy-", dir="/tmp")))
        folder.chmod(0o755)  # PostgreSQL does not run as root
        store = folder / "store"
        store.mkdir()
        postgres = ending.enter_context(Postgres(store))
        os.environ["WATCHWRIGHT_SECRET_KEY"] = "of both stores"
        lite, back = (f"sqlite:///{folder / name / 'watchwright.sqlite3'}" for name in ("data", "back"))
        (folder / "back").mkdir()
        fill(folder / "data", ending.enter_context(answering()), given.websites, given.interval)
        add_checks(lite, given.websites, given.stored)
        print(f"{given.stored:,} checks, {given.websites / given.interval:.0f} more a second")
        print("| copied | checks | duration | different | missing before the last | created meanwhile | pause |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        for words, source, target in (("SQLite to PostgreSQL", lite, postgres.url), ("back", postgres.url, back)):
            one = copied(folder / "data", source, target)
            print(
                f"| {words} | {one.rows:,} | {one.seconds:.0f} s | {one.other} | {one.torn} | {one.left_out} "
                f"| {one.longest_pause_seconds:.1f} s |",
                flush=True,
            )


def add_checks(url: str, websites: int, count: int) -> None:
    """Add checks of yesterday."""
    engine = database.make_engine(url)
    since = utc_now() - timedelta(days=1)
    with Session(engine) as db, db.begin():
        for start in range(0, count, BATCH):
            rows = [
                {
                    "website_id": number % websites + 1,
                    "status": MonitorStatus.UP,
                    "http_status_code": 200,
                    "response_time_ms": float(number % 400),
                    "checked_at": since + timedelta(milliseconds=100 * number),
                }
                for number in range(start, min(start + BATCH, count))
            ]
            db.execute(insert(MonitorCheck), rows)
    engine.dispose()


def copied(data_dir: Path, source: str, target: str) -> Copied:
    """Copy *source* to *target* while a Watchwright writes to it, and compare both."""
    with Server(data_dir=data_dir, database_url=source) as server:
        time.sleep(SETTLE_SECONDS)
        environment = os.environ | {"WATCHWRIGHT_DATA_DIR": str(data_dir), "WATCHWRIGHT_DATABASE_URL": source}
        began_at, began = utc_now(), time.monotonic()
        done = subprocess.run(
            [WATCHWRIGHT, "db", "copy", target], env=environment, check=False, capture_output=True, text=True
        )
        seconds, ended_at = time.monotonic() - began, utc_now()
        if done.returncode:
            sys.exit(done.stdout + done.stderr)
        time.sleep(AFTER_SECONDS)
        server.terminate()
    there, here = database.make_engine(source), database.make_engine(target)
    try:
        return compared(there, here, seconds, began_at, ended_at)
    finally:
        there.dispose()
        here.dispose()


def compared(there: Engine, here: Engine, seconds: float, began_at: datetime, ended_at: datetime) -> Copied:
    """Compare the copy with the store."""
    theirs, ours = checks(there), checks(here)
    last = max(ours)
    made = sorted(row[2] for row in theirs.values() if began_at <= row[2] <= ended_at)
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise([began_at, *made, ended_at])]
    return Copied(
        seconds=seconds,
        rows=len(ours),
        other=sum(theirs.get(number) != row for number, row in ours.items()),
        left_out=len(theirs) - len(ours),
        torn=sum(number < last and number not in ours for number in theirs),
        longest_pause_seconds=max(pauses),
    )


def checks(engine: Engine) -> dict[int, Row]:
    """Return all checks by id."""
    columns = (MonitorCheck.id, MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.status)
    with Session(engine) as db:
        rows = db.execute(select(*columns, MonitorCheck.response_time_ms)).all()
    return {row[0]: (row[0], row[1], row[2], row[3], row[4]) for row in rows}


if __name__ == "__main__":
    main()
