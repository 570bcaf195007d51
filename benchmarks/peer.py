"""Compare Watchwright with Uptime Kuma on one machine: the cost of the same websites, and the recorded outages.

Costs are the kernel's figures, measured in turns after every website was checked. Both watch the same outages
concurrently. PACKAGE is the folder of an installed Uptime Kuma, which needs Node. A run takes half an hour, because
Uptime Kuma starts with three websites every two seconds.
``python -m benchmarks.peer PACKAGE [--websites 500 --interval 20 --seconds 100 --retries 0] [--only costs|outages]``
"""

import argparse
import os
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from benchmarks._ending import cleaned_up
from benchmarks._faulty import Fault, Kind, faulty
from benchmarks._waiting import wait_until
from benchmarks._watchers import Task, UptimeKuma, Watcher, Watchwright
from benchmarks.edges import is_of
from benchmarks.keeping import Window
from benchmarks.monitor import MIB, answering, use_of

LENGTHS = (12, 30, 90)  # durations of outages in seconds
SPREAD_SECONDS = 240.0  # outages begin spread over this time, so that few are simultaneous
STARTED_EACH_SECONDS = 0.75  # a little more than Uptime Kuma's average time to start one more website
SETTLE_SECONDS = 30.0
FIRST_CHECKS_SECONDS = 900.0  # longest wait until every website was checked once


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Resources used, per check or in total."""

    checks: int
    due: float
    cpu_ms: float
    memory_mib: float
    written_bytes: float


@cleaned_up()
def main() -> None:
    """Print a table of costs and one of outages."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peer", description=__doc__)
    parser.add_argument(
        "package", type=Path, nargs="?", help="the folder of Uptime Kuma's package, with its server/server.js"
    )
    parser.add_argument("--websites", type=int, default=500)
    parser.add_argument("--interval", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=100.0, help="for which costs are counted")
    parser.add_argument("--retries", type=int, default=0, help="failures after the first one that confirm an outage")
    parser.add_argument("--only", choices=("costs", "outages"))
    given = parser.parse_args()
    if given.package is None:
        print("Skipped: the folder of Uptime Kuma's package was not given.")
        return
    if given.only != "outages":
        costs(given)
    if given.only != "costs":
        outages(given)


def costs(given: argparse.Namespace) -> None:
    """Measure the cost of the same working websites, first with one monitor, then with the other."""
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as name, answering() as port:
        addresses = [f"http://127.0.0.1:{port}/{number}" for number in range(given.websites)]
        task = Task(addresses=addresses, interval=given.interval, retries=given.retries)
        ours = _cost(Watchwright.running(Path(name), task), given)
        theirs = _cost(UptimeKuma.running(given.package, Path(name), task), given)
    print(
        f"{given.websites} websites every {given.interval} s for {given.seconds:.0f} s, load {os.getloadavg()[0]:.1f}\n"
    )
    print("| what | Uptime Kuma | Watchwright | times less |\n| --- | ---: | ---: | ---: |")
    print(f"| checks stored, of those due | {theirs.checks} of {theirs.due:.0f} | {ours.checks} of {ours.due:.0f} | |")
    for what, theirs_is, ours_is in (
        ("CPU-s per 1,000 stored checks", theirs.cpu_ms, ours.cpu_ms),
        ("memory (PSS), MiB", theirs.memory_mib, ours.memory_mib),
        ("bytes written to disk per check", theirs.written_bytes, ours.written_bytes),
    ):
        print(f"| {what} | {theirs_is:,.2f} | {ours_is:,.2f} | {theirs_is / ours_is:.1f} |", flush=True)


def _cost(running: AbstractContextManager[Watcher], given: argparse.Namespace) -> Cost:
    with running as watcher:
        wait_until(lambda: watcher.checked() >= given.websites, timeout_seconds=FIRST_CHECKS_SECONDS, pause_seconds=1.0)
        time.sleep(SETTLE_SECONDS)
        before = use_of(watcher.pid)
        time.sleep(given.seconds)
        after = use_of(watcher.pid)
        time.sleep(2)  # until the last check is stored
        checks = watcher.checks(before.at, after.at)
    spent = sum(after.cpu_seconds.values()) - sum(before.cpu_seconds.values())
    return Cost(
        checks=checks,
        due=given.websites * (after.at - before.at).total_seconds() / given.interval,
        cpu_ms=spent / checks * 1_000,
        memory_mib=sum(after.resident_bytes.values()) / MIB,
        written_bytes=(after.written_bytes - before.written_bytes) / checks,
    )


def outages(given: argparse.Namespace) -> None:
    """Measure which outages of the same websites, each down once, both monitors record."""
    begins = time.time() + given.websites * STARTED_EACH_SECONDS + 2 * SETTLE_SECONDS
    plan = [_fault(begins + number * SPREAD_SECONDS / given.websites, number) for number in range(given.websites)]
    with tempfile.TemporaryDirectory(prefix="watchwright-bench-") as name, faulty(plan, Path(name)) as addresses:
        task = Task(addresses=addresses, interval=given.interval, retries=given.retries)
        with (
            UptimeKuma.running(given.package, Path(name), task) as theirs,
            Watchwright.running(Path(name), task) as ours,
        ):
            time.sleep(max(begins - time.time(), 0))
            assert theirs.checked() == given.websites, "Uptime Kuma does not watch all websites yet"
            time.sleep(SPREAD_SECONDS + max(LENGTHS) + SETTLE_SECONDS)
            told = {"Uptime Kuma": theirs.windows(), "Watchwright": ours.windows()}
    print(f"\n{given.websites} websites every {given.interval} s, each down once, {given.retries} retries\n")
    print("| down for | monitor | missed | recorded, mean | error, mean | start late by | end late by |")
    print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
    for length in LENGTHS:
        for who, windows in told.items():
            _row(length, who, plan, windows)
    for who, windows in told.items():
        stray = sum(not is_of(window, plan[number - 1]) for number, some in windows.items() for window in some)
        print(f"\n{who}: {stray} windows without an outage.")


def _fault(began_at: float, number: int) -> Fault:
    return Fault(kind=Kind.ERROR, began_at=began_at, ended_at=began_at + LENGTHS[number % len(LENGTHS)])


def _row(length: int, who: str, plan: Sequence[Fault], windows: Mapping[int, Sequence[Window]]) -> None:
    """Print how much of the outages of that length was recorded; a missed outage counts as 0 s."""
    faults = {number: fault for number, fault in enumerate(plan, start=1) if round(fault.seconds) == length}
    seen: list[tuple[Fault, float, float]] = []
    for number, fault in faults.items():
        for start, end in windows.get(number, ()):
            if end is not None and is_of((start, end), fault):
                seen.append((fault, start, end))
    missed = len(faults) - len(seen)
    recorded = [end - start for _fault, start, end in seen] + [0.0] * missed
    print(f"| {length} s | {who} | {missed} of {len(faults)} | {mean(recorded):.1f} |", end="")
    print(f" {mean(abs(seconds - length) for seconds in recorded):.1f} s |", end="")
    print(f" {mean(start - fault.began_at for fault, start, _end in seen):.1f} s |", end="")
    print(f" {mean(end - fault.ended_at for fault, _start, end in seen):.1f} s |", flush=True)


if __name__ == "__main__":
    main()
