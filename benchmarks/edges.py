"""Measure how exact start and end of downtime windows are, with websites that fail for a known time.

Each website works, fails once for a known time in a known way, and works again. Some only answer slowly, which is not
a failure. Watchwright has its default settings: two retries, 5 s apart.
``python -m benchmarks.edges [--intervals 20,60,300 --lengths 4,12,30,90,600 --each 4]``
"""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from sqlalchemy import insert
from sqlalchemy.orm import Session

from benchmarks._ending import cleaned_up
from benchmarks._faulty import TRUSTED, Fault, Kind, faulty
from benchmarks.keeping import RETRIES, Check, Window, expected_windows, stored_checks, stored_windows
from core import database
from core.clock import utc_now
from core.models import Website
from tests.e2e.server import Server

SETTLE_SECONDS = 60.0  # until every website was checked and the checks are spread
TIMEOUT_SECONDS = 10
AFTER_SECONDS = 30.0  # until the last windows have closed
FAILING = [kind for kind in Kind if kind is not Kind.SLOW]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One website: its check interval and its fault."""

    interval: int
    length: float
    fault: Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What Watchwright recorded of a fault."""

    trial: Trial
    windows: Sequence[Window]
    """Windows that began during the fault."""
    strays: int
    """Number of other windows of the website, including any for a slow website."""
    failures: int
    """Number of failed checks because of the fault."""
    is_as_checks_say: bool


@cleaned_up()
def main() -> None:
    """Run all trials concurrently, and print the tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.edges", description=__doc__)
    parser.add_argument("--intervals", type=_numbers, default=[20, 60, 300], help="seconds between checks")
    parser.add_argument("--lengths", type=_numbers, default=[4, 12, 30, 90, 600], help="seconds that faults last")
    parser.add_argument("--each", type=int, default=4, help="websites of each kind, length and interval")
    given = parser.parse_args()
    trials = plan(given.intervals, given.lengths, given.each, time.time() + SETTLE_SECONDS)
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as name:
        folder = Path(name)
        with faulty([trial.fault for trial in trials], folder) as addresses:
            os.environ["SSL_CERT_FILE"] = str(folder / TRUSTED)
            fill(folder / "data", addresses, [trial.interval for trial in trials])
            watch(folder / "data", max(trial.fault.ended_at for trial in trials) + AFTER_SECONDS)
        report(outcomes(folder / "data", trials))


def plan(intervals: Iterable[int], lengths: Sequence[int], each: int, begins: float) -> list[Trial]:
    """Return faults of every kind, length and interval, each at a random moment of its interval."""
    chance = random.Random(7)
    trials = []
    for interval in intervals:
        for length in lengths:
            for kind in Kind:
                for _ in range(each):
                    began_at = begins + chance.uniform(0, interval)
                    fault = Fault(kind=kind, began_at=began_at, ended_at=began_at + length)
                    trials.append(Trial(interval=interval, length=length, fault=fault))
    return trials


def fill(data_dir: Path, addresses: Sequence[str], intervals: Sequence[int]) -> None:
    """Fill a store with these websites in this order, without automatic debug sessions."""
    data_dir.mkdir()
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    database.upgrade(engine)
    now = utc_now()
    usual = {"timeout": TIMEOUT_SECONDS, "is_active": True, "auto_debug": False, "created_at": now, "updated_at": now}
    rows = [
        {"url": url, "name": url, "check_interval": interval} | usual
        for url, interval in zip(addresses, intervals, strict=True)
    ]
    with Session(engine) as db:
        db.execute(insert(Website), rows)
        db.commit()
    engine.dispose()


def watch(data_dir: Path, until: float) -> None:
    """Run Watchwright until *until*, in seconds since 1970."""
    with Server(data_dir) as server:
        time.sleep(max(until - time.time(), 0))
        server.terminate()


def outcomes(data_dir: Path, trials: Sequence[Trial]) -> list[Outcome]:
    """Return the outcome of each trial according to the store, in order."""
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db:
        checks, windows = stored_checks(db), stored_windows(db)
    engine.dispose()
    return [_outcome(number, trial, checks, windows) for number, trial in enumerate(trials, start=1)]


def _outcome(
    website_id: int, trial: Trial, checks: Mapping[int, Sequence[Check]], windows: Mapping[int, Sequence[Window]]
) -> Outcome:
    found = windows.get(website_id, [])
    caused = [window for window in found if trial.fault.kind in FAILING and is_of(window, trial.fault)]
    return Outcome(
        trial=trial,
        windows=caused,
        strays=len(found) - len(caused),
        failures=sum(failed for _at, failed in checks[website_id]),
        is_as_checks_say=list(found) == expected_windows(checks[website_id]),
    )


def is_of(window: Window, fault: Fault) -> bool:
    """Whether the window began during the fault; its first check may have started shortly before."""
    return fault.began_at - TIMEOUT_SECONDS <= window[0] <= fault.ended_at


def report(found: Sequence[Outcome]) -> None:
    """Print a table by interval and length, one by kind, and all errors."""
    failing = [result for result in found if result.trial.fault.kind in FAILING]
    print(f"{len(found)} websites, load {os.getloadavg()[0]:.1f}\n")
    _table("checked every, down for", failing, lambda one: f"{one.trial.interval} s, {one.trial.length:.0f} s")
    _table("how it was down", failing, lambda one: one.trial.fault.kind.value)
    slow = [result for result in found if result not in failing]
    print(f"\n{len(slow)} that only answered slowly: {sum(result.strays for result in slow)} windows. ", end="")
    print(f"Windows without a fault elsewhere: {sum(result.strays for result in failing)}. ", end="")
    print(
        f"Websites whose windows are not what their checks say: {sum(not result.is_as_checks_say for result in found)}."
    )


def _table(what: str, found: Sequence[Outcome], key: Callable[[Outcome], str]) -> None:
    print(f"\n| {what} | found | unseen | absorbed | missed | start, median / max | end, median / max |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name in dict.fromkeys(map(key, found)):
        some = [result for result in found if key(result) == name]
        seen = [(result.trial.fault, result.windows[0]) for result in some if result.windows]
        unseen = sum(not result.windows and result.failures == 0 for result in some)
        absorbed = sum(not result.windows and 0 < result.failures <= RETRIES for result in some)
        missed = len(some) - len(seen) - unseen - absorbed
        starts = [window[0] - fault.began_at for fault, window in seen]
        ends = [window[1] - fault.ended_at for fault, window in seen if window[1] is not None]
        print(f"| {name} | {len(seen)} of {len(some)} | {unseen} | {absorbed} | {missed} |", end="")
        print(f" {_summary(starts)} | {_summary(ends)} |")


def _summary(seconds: Sequence[float]) -> str:
    return f"{median(seconds):+.1f} / {max(seconds):+.1f} s" if seconds else ""


def _numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    main()
