"""Cut the network of a fleet: workers in their own network namespaces lose the store and the websites.

``python -m benchmarks.partition [--websites 1000 --interval 10 --workers 4]`` cuts one worker off for half a minute,
then all of them. Needs Linux and root, and runs in an isolated network.
"""

import argparse
import os
import time
from contextlib import ExitStack

from benchmarks._cables import HOME, WITHIN, Cable, alone
from benchmarks._ending import cleaned_up
from benchmarks._fleet_stage import Stage, Worker, kept, staged, store_now
from benchmarks.fleet import HANDED_OUT, WARM_SECONDS, row, stage_failure
from benchmarks.monitor import answering

CUT_SECONDS = 30.0
AFTER_SECONDS = 20.0  # until buffered checks are stored and due checks have run


@cleaned_up()
def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.partition", description=__doc__)
    parser.add_argument("--websites", type=int, default=1_000)
    parser.add_argument("--interval", type=int, default=10)
    parser.add_argument("--workers", type=int, default=4)
    given = parser.parse_args()
    alone("benchmarks.partition")
    with ExitStack() as ending:
        port = ending.enter_context(answering(HOME))
        urls = [f"http://{HOME}:{port}/{number}" for number in range(given.websites)]
        stage = ending.enter_context(staged(urls, interval=given.interval, address=HOME))
        cables = [Cable(number + 1) for number in range(given.workers)]
        stage.workers.extend(start_worker(cable) for cable in cables)
        stage.await_workers()
        time.sleep(WARM_SECONDS)
        print(f"{given.websites:,} websites every {given.interval} s, {given.workers} workers, ", end="")
        print(f"load {os.getloadavg()[0]:.1f}\n")
        print_results(stage, cables, given.interval)


def start_worker(cable: Cable) -> Worker:
    """Start a worker behind *cable*."""
    url = f"postgresql+psycopg://postgres@{HOME}/watchwright"
    return Worker(url, within=WITHIN, joined=cable.join)


def print_results(stage: Stage, cables: list[Cable], interval: int) -> None:
    """Cut and reconnect the cables, and print what happened to the checks."""

    def cut() -> None:
        for cable in cables:
            cable.cut()

    def mend() -> None:
        for cable in cables:
            cable.mend()

    since = store_now(stage)
    spans = [
        ("nothing", *stage_failure(stage, lambda: None, WARM_SECONDS)),
        ("one worker is cut off", *stage_failure(stage, cables[0].cut, CUT_SECONDS)),
        ("it is joined again", *stage_failure(stage, cables[0].mend, AFTER_SECONDS)),
        ("all workers are cut off", *stage_failure(stage, cut, CUT_SECONDS)),
        ("they are joined again", *stage_failure(stage, mend, AFTER_SECONDS)),
    ]
    until = store_now(stage) - HANDED_OUT
    time.sleep(WARM_SECONDS)  # until running checks are stored
    print("| failure | checks | delay: median | 99 % | max | longest gap beyond the interval | lost | duplicate |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, first, last in [*spans, ("all of it", since, until)]:
        row(name, kept(stage, since=first, until=last), interval)


if __name__ == "__main__":
    main()
