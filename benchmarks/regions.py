"""Test three regions that check the same websites: an outage, a wrong region, a missing region, and the vote's cost.

Workers are real processes on their own PostgreSQL server. ``python -m benchmarks.regions [--websites 60]``;
docs/scaling.md contains the results.
"""

import argparse
import resource
import time
from dataclasses import replace
from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._fleet_stage import Stage, staged, store_now
from benchmarks._waiting import wait_until
from core.clock import utc_now
from core.models import CheckSchedule, DowntimeWindow, MonitorStatus, RegionState, Website, WebsiteState
from core.monitoring.judged_result import JudgedResult
from core.monitoring.record import record_once
from core.monitoring.verdict import judge
from core.schemas import WebsiteCreate
from core.services import WebsiteCRUD, regions
from tests.probe_results import GOOD
from tests.sites.flaky import FlakySite

NAMES = ("eu", "us", "ap")
INTERVAL = 10  # seconds
BATCH = 500  # checks per transaction, as in production
ROUNDS = 12


@cleaned_up()
def main() -> None:
    """Print the results."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.regions", description=__doc__)
    parser.add_argument("--websites", type=int, default=60)
    given = parser.parse_args()
    with FlakySite() as site:
        urls = [f"{site.url}{number}" for number in range(given.websites)]
        with staged(urls, interval=INTERVAL) as stage:
            trial(stage, site, given.websites)
            cost(stage)


def trial(stage: Stage, site: FlakySite, count: int) -> None:
    """Run the failures one after the other."""
    with Session(stage.engine) as db, db.begin():
        db.execute(update(Website).values(regions=list(NAMES)))
        db.execute(CheckSchedule.__table__.delete())  # type: ignore[attr-defined]
    workers = {name: stage.start_workers(region=name)[0] for name in NAMES}
    wait_until(lambda: _websites_checked(stage) == dict.fromkeys(NAMES, count))
    print(f"{count} websites every {INTERVAL} s from {len(NAMES)} regions; the quorum is 2")
    outage(stage, site, count, "an outage that all see")
    workers["ap"].kill()
    workers["ap"] = stage.start_workers(region="ap", deny=frozenset({"127.0.0.1"}))[0]
    wait_until(lambda: _with_status(stage, MonitorStatus.DEGRADED) == count)
    began = store_now(stage)
    time.sleep(3 * INTERVAL)
    print(f"one region lies: {windows_since(stage, began)} windows in {3 * INTERVAL} s, all websites degraded")
    workers["ap"].kill()
    workers["ap"] = stage.start_workers(region="ap")[0]
    wait_until(lambda: _with_status(stage, MonitorStatus.UP) == count)
    workers["us"].freeze()
    cut_at = time.monotonic()
    wait_until(
        lambda: [region.name for region in _reviewed(stage) if region.returned_at is None] == ["us"],
        pause_seconds=1.0,
    )
    print(f"a region is cut off: called silent after {time.monotonic() - cut_at:.0f} s")
    outage(stage, site, count, "an outage while one region is cut off")
    workers["us"].thaw()
    back_at = time.monotonic()
    wait_until(
        lambda: [region.name for region in _reviewed(stage) if region.returned_at is not None] == ["us"],
        pause_seconds=0.5,
    )
    print(f"it is back: heard after {time.monotonic() - back_at:.1f} s")


def outage(stage: Stage, site: FlakySite, count: int, words: str) -> None:
    """Make the website fail and recover, each once it is fully noticed."""
    down_at = store_now(stage)
    site.status = 503  # a response; without one, it would look like a failure of the machine's own network
    wait_until(lambda: open_windows(stage) == count)
    late = _seconds(stage, down_at)
    site.status = 200
    wait_until(lambda: open_windows(stage) == 0)
    print(
        f"{words}: {count} windows, one for each website, "
        f"opened after {late[0]:.1f} s at first, {median(late):.1f} s by half, {late[-1]:.1f} s at last"
    )


def cost(stage: Stage) -> None:
    """Measure a worker's CPU time per stored check, for websites with and without regions, in turns."""
    for worker in stage.workers:
        worker.thaw()
        worker.end()
    with Session(stage.engine) as db, db.begin():
        fields = [{"regions": list(NAMES)}, {}]
        ids = [
            [WebsiteCRUD.create(db, WebsiteCreate(url=f"https://{kind}-{n}.example", **given)).id for n in range(BATCH)]
            for kind, given in enumerate(fields)
        ]
    spent: list[list[float]] = [[], []]
    for turn in range(ROUNDS):
        for kind, websites in enumerate(ids):
            region = NAMES[turn % len(NAMES)] if kind == 0 else None
            results = [_judged(website_id, turn, region) for website_id in websites]
            spent[kind].append(_cpu_ms(stage, results))
    regional, plain = (median(some[2:]) / BATCH for some in spent)
    print(
        f"a stored check costs a worker {plain:.2f} ms of CPU, with a vote {regional:.2f} ms ({regional / plain:.2f} x)"
    )


def _cpu_ms(stage: Stage, results: list[JudgedResult]) -> float:
    before = _used()
    with Session(stage.engine) as db, db.begin():
        record_once(db, results)
    return (_used() - before) * 1_000


def _used() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _judged(website_id: int, turn: int, region: str | None) -> JudgedResult:
    started_at = utc_now() + timedelta(seconds=turn)
    result = replace(GOOD, started_at=started_at)
    return JudgedResult(website_id=website_id, result=result, verdict=judge(result), region=region, due_at=started_at)


def _websites_checked(stage: Stage) -> dict[str, int]:
    with Session(stage.engine) as db:
        rows = db.execute(select(RegionState.region, func.count()).group_by(RegionState.region))
        return {region: count for region, count in rows}  # noqa: C416 - rows are no tuples to mypy


def _with_status(stage: Stage, status: MonitorStatus) -> int:
    with Session(stage.engine) as db:
        return db.scalar(select(func.count()).where(WebsiteState.status == status)) or 0


def open_windows(stage: Stage) -> int:
    """Return the number of open downtime windows."""
    with Session(stage.engine) as db:
        return db.scalar(select(func.count()).where(DowntimeWindow.ended_at.is_(None))) or 0


def windows_since(stage: Stage, since: datetime) -> int:
    """Return the number of downtime windows that were opened after *since*."""
    with Session(stage.engine) as db:
        return db.scalar(select(func.count()).where(DowntimeWindow.created_at >= since)) or 0


def _seconds(stage: Stage, since: datetime) -> list[float]:
    with Session(stage.engine) as db:
        made = db.scalars(select(DowntimeWindow.created_at).where(DowntimeWindow.created_at >= since))
        return sorted((at - since).total_seconds() for at in made)


def _reviewed(stage: Stage) -> list[regions.RegionChange]:
    with Session(stage.engine) as db, db.begin():
        return regions.review(db)


if __name__ == "__main__":
    main()
