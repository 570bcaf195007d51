"""Is it us? Monitors behind cables of their own that are pulled, and websites that fall silent meanwhile.

Each case has a network namespace, a monitor on SQLite and websites at as many addresses, and all cases run at once.
What the monitor has stored is held against what was done. ``python -m benchmarks.own_network [--websites 12 --interval
20]``; on Linux, as root, in a network that is joined to nothing. The table stands in docs/monitoring.md.
"""

import argparse
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from benchmarks._beyond import Beyond, Names, asking_names, names
from benchmarks._cables import Cable, alone
from benchmarks._fleet_stage import Worker
from benchmarks.monitor import answering
from core import database
from core.clock import utc_now
from core.models import DowntimeWindow, MonitorCheck, MonitorStatus, Website

SETTLE_SECONDS = 40.0  # until every website was checked once, and more
LOSS_SECONDS = 45.0
DOWN_SECONDS = 75.0  # the interval, three checks that time out, and the pauses between them
AFTER_SECONDS = 40.0
CHECK = timedelta(seconds=10)  # until it times out
HEAD = (
    "| what befell it | checks of websites that were up: UP, UNKNOWN, DOWN | windows, of them false; wanted "
    "| start after it could be known | end after it could be known | judged again after the loss: half, last |"
)


@dataclass
class Case:
    """A monitor, its network, and what has befallen both."""

    beyond: Beyond
    cable: Cable
    names: Names
    folder: Path
    websites: int
    kind: "Kind"
    down_from: dict[int, datetime] = field(default_factory=dict)
    """When the websites fell silent that did."""
    down_until: dict[int, datetime] = field(default_factory=dict)
    lost_at: datetime | None = None
    mended_at: datetime | None = None

    @property
    def store_url(self) -> str:
        return f"sqlite:///{self.folder / 'watchwright.sqlite3'}"

    def silence(self, *websites: int) -> None:
        for website in websites:
            self.beyond.fall_silent(website)
            self.down_from[website] = utc_now()

    def revive(self, *websites: int) -> None:
        for website in websites:
            self.beyond.be_back(website)
            self.down_until[website] = utc_now()

    def lose(self, how: Callable[[], None], seconds: float, back: Callable[[], None]) -> None:
        """Lose the network for so long."""
        how()
        self.lost_at = self.lost_at or utc_now()
        time.sleep(seconds)
        back()
        self.mended_at = utc_now()

    def was_up(self, website: int, at: datetime) -> bool:
        down_from, until = self.down_from.get(website), self.down_until.get(website)
        return down_from is None or at < down_from or (until is not None and at > until)


def pulled(case: Case) -> None:
    """The cable is pulled for 45 s."""
    case.lose(case.cable.cut, LOSS_SECONDS, case.cable.mend)


def router(case: Case) -> None:
    """All is lost beyond the router, for 45 s."""
    case.lose(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)


def unresolved(case: Case) -> None:
    """No name resolves for 45 s."""
    number = case.beyond.number
    case.lose(lambda: case.names.silent.add(number), LOSS_SECONDS, lambda: case.names.silent.discard(number))


def cut_short(case: Case) -> None:
    """2 s without a link, and later 2 s without a way."""
    case.lose(case.cable.cut, 2, case.cable.mend)
    time.sleep(SETTLE_SECONDS / 2)
    case.lose(case.cable.swallow, 2, case.cable.pass_on)


def flapping(case: Case) -> None:
    """Five times 10 s without a way, and 5 s with one."""
    for _turn in range(5):
        case.lose(case.cable.swallow, 10, case.cable.pass_on)
        time.sleep(5)


def half_down(case: Case) -> None:
    """Half of the websites are down for 75 s, the network is well."""
    some = range(1, case.websites // 2 + 1)
    case.silence(*some)
    time.sleep(DOWN_SECONDS)
    case.revive(*some)


def all_down(case: Case) -> None:
    """All websites are down for 75 s, the network is well."""
    every = range(1, case.websites + 1)
    case.silence(*every)
    time.sleep(DOWN_SECONDS)
    case.revive(*every)


def down_before(case: Case) -> None:
    """Three are down when the network is lost for 45 s; one of them is back before it."""
    case.silence(1, 2, 3)
    time.sleep(DOWN_SECONDS)
    back = threading.Timer(LOSS_SECONDS / 2, case.revive, (1,))
    back.start()
    case.lose(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)
    time.sleep(SETTLE_SECONDS / 2)
    case.revive(2, 3)


def down_meanwhile(case: Case) -> None:
    """Three go down while the network is lost for 45 s."""
    down = threading.Timer(LOSS_SECONDS / 2, case.silence, (1, 2, 3))
    down.start()
    case.lose(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)
    time.sleep(DOWN_SECONDS)
    case.revive(1, 2, 3)


def down_a_moment_before(case: Case) -> None:
    """One goes down 3 s before the network is lost for 45 s."""
    case.silence(1)
    time.sleep(3)
    case.lose(case.cable.swallow, LOSS_SECONDS, case.cable.pass_on)
    time.sleep(DOWN_SECONDS)
    case.revive(1)


@dataclass(frozen=True, slots=True)
class Kind:
    """What befalls a case."""

    befall: Callable[[Case], None]
    canaries: bool = False

    @property
    def words(self) -> str:
        told = (self.befall.__doc__ or "").rstrip(".")
        return f"{told}; with canaries" if self.canaries else told


KINDS = (
    Kind(pulled),
    Kind(router),
    Kind(router, canaries=True),
    Kind(unresolved),
    Kind(unresolved, canaries=True),
    Kind(cut_short),
    Kind(flapping),
    Kind(half_down),
    Kind(all_down, canaries=True),
    Kind(down_before),
    Kind(down_meanwhile),
    Kind(down_a_moment_before),
)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.own_network", description=__doc__)
    parser.add_argument("--websites", type=int, default=12)
    parser.add_argument("--interval", type=int, default=20)
    given = parser.parse_args()
    alone("benchmarks.own_network")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the stage is struck
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
        workers = [hire(case, port) for case in cases]
        time.sleep(SETTLE_SECONDS)
        befallen = [threading.Thread(target=case.kind.befall, args=(case,)) for case in cases]
        for thread in befallen:
            thread.start()
        for thread in befallen:
            thread.join()
        time.sleep(AFTER_SECONDS)
        for worker in workers:
            worker.end()
        print(f"{given.websites} websites every {given.interval} s for each, load {os.getloadavg()[0]:.1f}\n")
        print(HEAD, "| --- | --- | --- | --- | --- | --- |", sep="\n")
        for case in cases:
            print(row(case))


def fill(case: Case, port: int, interval: int) -> None:
    """Make its store, of which no monitor works yet."""
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


def hire(case: Case, port: int) -> Worker:
    """The monitor of *case*; its canaries are two more websites."""
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
    """The table's row of *case*."""
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
    true = {one.website_id: one for one in windows if one.website_id in case.down_from}
    false = len(windows) - len(true)
    starts = [_seconds(_knowable(case, case.down_from[website]), one.started_at) for website, one in true.items()]
    ends = [
        _seconds(_knowable(case, case.down_until[website]), one.ended_at)
        for website, one in true.items()
        if one.ended_at is not None
    ]
    judged = sorted(judged_after(case, checks).values())
    again = f"{judged[len(judged) // 2]:.1f}, {judged[-1]:.1f} s" if judged else ""
    still_open = ", open" if len(ends) < len(true) else ""
    return (
        f"| {case.kind.words} | {said} | {len(windows)}, {false}; {len(case.down_from)} "
        f"| {_range(starts)} | {_range(ends)}{still_open} | {again} |"
    )


def judged_after(case: Case, checks: object) -> Mapping[int, float]:
    """By website of which nothing was known when the network was back, how long that went on."""
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
    """When what was so from *at* on could be seen from here; one check may be under way when the network is lost."""
    if case.lost_at and case.mended_at and case.lost_at - CHECK < at < case.mended_at:
        return case.mended_at
    return at


def _seconds(since: datetime, at: datetime) -> float:
    return (at - since).total_seconds()


def _range(values: list[float]) -> str:
    return f"{min(values):.1f} to {max(values):.1f} s" if values else ""


if __name__ == "__main__":
    main()
