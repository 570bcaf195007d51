"""Cut one of three regions off: from the websites, from the store, from both, and kill its worker meanwhile.

Each region is a worker in its own network namespace, with one cable to PostgreSQL and one to the websites. While the
region is cut off, a quarter of the websites fail. ``python -m benchmarks.cut_off [--kinds websites,store,both,killed]
[--websites 40]`` needs Linux and root and runs in an isolated network. docs/scaling.md contains the results.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from benchmarks._beyond import Beyond
from benchmarks._cables import HOME, WITHIN, Cable, alone
from benchmarks._ending import cleaned_up
from benchmarks._fleet_stage import Stage, Worker, staged, store_now
from benchmarks._waiting import wait_until
from benchmarks.monitor import answering
from benchmarks.regions import NAMES, open_windows, windows_since
from core.models import CheckSchedule, DowntimeWindow, MonitorCheck, MonitorStatus, Region, RegionState, Website
from core.services import regions

INTERVAL = 10  # seconds
ALONE_SECONDS = 10.0  # between the cut and the failure of websites
WEBSITES_NET = "41.0.0.0/24"
EVER = datetime.min.replace(tzinfo=UTC)
HEAD = (
    "| a region is cut off from | reported silent after | a window for each website that fails meanwhile, after: "
    "median, last | other windows | reported back after | checks all websites after | its lost responses |"
)


@dataclass
class CabledRegion:
    """A region's worker and its cables."""

    name: str
    store: Cable
    web: Cable
    folder: Path
    worker: Worker | None = None

    def start_worker(self, stage: Stage) -> None:
        """Start the region's worker."""

        def join(pid: int) -> None:
            self.store.join(pid)
            self.web.join(pid)

        url = f"postgresql+psycopg://postgres@{HOME}/watchwright"
        self.worker = Worker(url, within=WITHIN, joined=join, region=self.name, data_dir=self.folder)
        stage.workers.append(self.worker)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A way to cut a region off and to reconnect it."""

    words: str
    cut: Callable[[CabledRegion], None]
    join: Callable[[CabledRegion, Stage], None]


def _lose_store(region: CabledRegion) -> None:
    region.store.swallow()


def _have_store(region: CabledRegion, _stage: Stage) -> None:
    region.store.pass_on()


def _lose_web(region: CabledRegion) -> None:
    region.web.swallow()


def _have_web(region: CabledRegion, _stage: Stage) -> None:
    region.web.pass_on()


def _lose_both(region: CabledRegion) -> None:
    region.store.cut()
    region.web.cut()


def _have_both(region: CabledRegion, _stage: Stage) -> None:
    region.store.mend()
    region.web.mend()


def _lose_store_and_die(region: CabledRegion) -> None:
    region.store.swallow()
    time.sleep(3)  # until the checks that had begun are in its file
    assert region.worker
    region.worker.kill()


def _restart(region: CabledRegion, stage: Stage) -> None:
    region.store.pass_on()
    region.start_worker(stage)


KINDS = {
    "websites": Kind(words="the websites", cut=_lose_web, join=_have_web),
    "store": Kind(words="PostgreSQL", cut=_lose_store, join=_have_store),
    "both": Kind(words="both, its cables pulled", cut=_lose_both, join=_have_both),
    "killed": Kind(words="PostgreSQL, and killed (-9) 3 s later", cut=_lose_store_and_die, join=_restart),
}


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cut_off", description=__doc__)
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--websites", type=int, default=40)
    given = parser.parse_args()
    alone("benchmarks.cut_off")
    with ExitStack() as ending:
        folder = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="wwcut-")))
        port = ending.enter_context(answering("0.0.0.0", folder / "answers"))
        beyond = Beyond(1, given.websites)
        urls = [f"http://{beyond.address(website)}:{port}/" for website in range(1, given.websites + 1)]
        stage = ending.enter_context(staged(urls, interval=INTERVAL, address=HOME))
        with Session(stage.engine) as db, db.begin():
            db.execute(update(Website).values(regions=list(NAMES)))
            db.execute(CheckSchedule.__table__.delete())  # type: ignore[attr-defined]
        all_regions = [
            CabledRegion(name, Cable(number), Cable(number + 100, WEBSITES_NET), folder / name)
            for number, name in enumerate(NAMES, 1)
        ]
        for region in all_regions:
            region.start_worker(stage)
        wait_until(lambda: _speaking(stage) == dict.fromkeys(NAMES, given.websites))
        print(
            f"{given.websites} websites every {INTERVAL} s from {len(NAMES)} regions, load {os.getloadavg()[0]:.1f}\n"
        )
        print(HEAD, "| --- | --- | --- | --- | --- | --- | --- |", sep="\n")
        for name in given.kinds.split(","):
            print(row(stage, beyond, all_regions[1], KINDS[name], given.websites), flush=True)


def row(stage: Stage, beyond: Beyond, region: CabledRegion, kind: Kind, websites: int) -> str:
    """Cut *region* off, and return a table row with the results."""
    failing = range(1, websites // 4 + 1)
    cut_at = store_now(stage)
    kind.cut(region)
    time.sleep(ALONE_SECONDS)
    down_at = store_now(stage)
    for website in failing:
        beyond.fall_silent(website)
    wait_until(lambda: open_windows(stage) == len(failing))
    opened = _opened_after(stage, down_at)
    for website in failing:
        beyond.recover(website)
    wait_until(lambda: open_windows(stage) == 0)
    wait_until(lambda: _silence(stage, region.name) is not None, pause_seconds=1.0)
    silent_after = _seconds(cut_at, store_now(stage))
    joined_at = store_now(stage)
    kind.join(region, stage)
    wait_until(lambda: _silence(stage, region.name) is None)
    heard_after = _seconds(joined_at, store_now(stage))
    wait_until(lambda: _speaking(stage, joined_at).get(region.name) == websites)
    speaks_after = _seconds(joined_at, store_now(stage))
    others = windows_since(stage, cut_at) - len(failing)
    return (
        f"| {kind.words} | {silent_after:.0f} s | {len(failing)}: {median(opened):.1f}, {opened[-1]:.1f} s "
        f"| {others} | {heard_after:.1f} s | {speaks_after:.1f} s | {_lost_responses(region, stage, cut_at)} |"
    )


def _lost_responses(region: CabledRegion, stage: Stage, since: datetime) -> str:
    """Return how many responses the region got since then, and how many of them have no stored check."""
    had = 0
    for line in (region.folder.parent / "answers").read_text().splitlines():
        at, peer = line.split()
        had += peer == region.web.address and float(at) >= since.timestamp()
    query = select(func.count()).where(
        MonitorCheck.region == region.name,
        MonitorCheck.checked_at >= since,
        MonitorCheck.region_status.not_in([MonitorStatus.UNKNOWN, MonitorStatus.DOWN]),
    )
    with Session(stage.engine) as db:
        stored = db.scalar(query) or 0
    return f"{max(had - stored, 0)} of {had}"


def _speaking(stage: Stage, since: datetime = EVER) -> dict[str, int]:
    query = (
        select(RegionState.region, func.count())
        .where(RegionState.checked_at >= since, RegionState.status != MonitorStatus.UNKNOWN)
        .group_by(RegionState.region)
    )
    with Session(stage.engine) as db:
        return {region: count for region, count in db.execute(query)}  # noqa: C416 - rows are no tuples to mypy


def _silence(stage: Stage, name: str) -> datetime | None:
    with Session(stage.engine) as db, db.begin():
        regions.review(db)
        return db.scalar(select(Region.silent_since).where(Region.name == name))


def _opened_after(stage: Stage, since: datetime) -> list[float]:
    with Session(stage.engine) as db:
        made = db.scalars(select(DowntimeWindow.created_at).where(DowntimeWindow.created_at >= since))
        return sorted(_seconds(since, at) for at in made)


def _seconds(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds()


if __name__ == "__main__":
    main()
