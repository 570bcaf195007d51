"""Test whether monitors distinguish failures of their own network from failures of websites.

Each case has a network namespace, a monitor on SQLite, a cable, and websites at separate addresses; all cases run
concurrently. The benchmark compares the stored checks with what was done. ``python -m benchmarks.own_network
[--websites 12 --interval 20]`` needs Linux and root, and runs in an isolated network. docs/monitoring.md contains the
results.
"""

import argparse
import os
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks._beyond import Beyond, asking_names, names
from benchmarks._cables import Cable, alone
from benchmarks._ending import cleaned_up
from benchmarks._fleet_stage import Worker
from benchmarks._losses import KINDS, SETTLE_SECONDS, Case
from benchmarks.monitor import answering
from core import database
from core.clock import utc_now
from core.models import DowntimeWindow, MonitorCheck, MonitorStatus, Website

AFTER_SECONDS = 40.0
CHECK = timedelta(seconds=10)  # timeout of a check
HEAD = (
    "| failure | checks of websites that were up: UP, UNKNOWN, DOWN | windows, of them false; expected "
    "| start after it was visible | end after it was visible | judged again after the failure: median, last |"
)


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own_network", description=__doc__)
    parser.add_argument("--websites", type=int, default=12)
    parser.add_argument("--interval", type=int, default=20)
    given = parser.parse_args()
    alone("benchmarks.own_network")
    with ExitStack() as ending:
        port = ending.enter_context(answering("0.0.0.0"))
        server = ending.enter_context(names())
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="wwown-")))
        cases = [
            Case(Beyond(number, given.websites + 2), Cable(number), server, folder / str(number), given.websites, kind)
            for number, kind in enumerate(KINDS, 1)
        ]
        for case in cases:
            fill(case, port, given.interval)
        workers = [start_monitor(case, port) for case in cases]
        time.sleep(SETTLE_SECONDS)
        failing = [threading.Thread(target=case.kind.run, args=(case,)) for case in cases]
        for thread in failing:
            thread.start()
        for thread in failing:
            thread.join()
        time.sleep(AFTER_SECONDS)
        for worker in workers:
            worker.end()
        print(f"{given.websites} websites every {given.interval} s for each, load {os.getloadavg()[0]:.1f}\n")
        print(HEAD, "| --- | --- | --- | --- | --- | --- |", sep="\n")
        for case in cases:
            print(row(case))


def fill(case: Case, port: int, interval: int) -> None:
    """Create the case's store, before its monitor starts."""
    case.folder.mkdir()
    engine = database.make_engine(case.store_url)
    database.upgrade(engine)
    now = utc_now()
    rows = [
        {
            "id": website,
            "url": f"http://{case.beyond.name(website)}:{port}/",
            "name": f"Website {website}",
            "check_interval": interval,
            "timeout": 10,
            "is_active": True,
            "created_at": now,
            "updated_at": now,
        }
        for website in range(1, case.websites + 1)
    ]
    with Session(engine) as db, db.begin():
        db.execute(insert(Website), rows)
    engine.dispose()


def start_monitor(case: Case, port: int) -> Worker:
    """Start the monitor of *case*; its canaries are two additional websites."""
    canaries: dict[str, Any] = {}
    if case.kind.canaries:
        canaries = {"canaries": [f"http://{case.beyond.name(case.websites + more)}:{port}/" for more in (1, 2)]}
    return Worker(
        case.store_url,
        within=asking_names(case.folder),
        joined=case.cable.join,
        fleet=False,
        data_dir=case.folder,
        **canaries,
    )


def row(case: Case) -> str:
    """Return the table row of *case*."""
    engine = database.make_engine(case.store_url)
    with Session(engine) as db:
        checks = db.execute(
            select(MonitorCheck.website_id, MonitorCheck.checked_at, MonitorCheck.status).order_by(MonitorCheck.id)
        ).all()
        windows = db.scalars(select(DowntimeWindow).order_by(DowntimeWindow.id)).all()
    engine.dispose()
    of_up = [status for website, at, status in checks if case.was_up(website, at)]
    said = ", ".join(
        str(of_up.count(status)) for status in (MonitorStatus.UP, MonitorStatus.UNKNOWN, MonitorStatus.DOWN)
    )
    true = {window.website_id: window for window in windows if window.website_id in case.down_from}
    false = len(windows) - len(true)
    starts = [_seconds(_knowable(case, case.down_from[website]), window.started_at) for website, window in true.items()]
    ends = [
        _seconds(_knowable(case, case.down_until[website]), window.ended_at)
        for website, window in true.items()
        if window.ended_at is not None
    ]
    judged = sorted(judged_after(case, checks).values())
    again = f"{judged[len(judged) // 2]:.1f}, {judged[-1]:.1f} s" if judged else ""
    still_open = ", open" if len(ends) < len(true) else ""
    return (
        f"| {case.kind.words} | {said} | {len(windows)}, {false}; {len(case.down_from)} "
        f"| {_range(starts)} | {_range(ends)}{still_open} | {again} |"
    )


def judged_after(case: Case, checks: object) -> Mapping[int, float]:
    """Return how long each website that was UNKNOWN when the network came back stayed so."""
    found: dict[int, float] = {}
    unknown: set[int] = set()
    for website, at, status in checks:  # type: ignore[attr-defined]
        if status is MonitorStatus.UNKNOWN:
            unknown.add(website)
            found.pop(website, None)
        elif website in unknown and website not in found and case.mended_at is not None:
            found[website] = max(_seconds(case.mended_at, at), 0.0)
    return found


def _knowable(case: Case, at: datetime) -> datetime:
    """Return when a change at *at* was visible to the monitor; a check may be running when the network fails."""
    if case.lost_at and case.mended_at and case.lost_at - CHECK < at < case.mended_at:
        return case.mended_at
    return at


def _seconds(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds()


def _range(values: list[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f} s" if values else ""


if __name__ == "__main__":
    main()
