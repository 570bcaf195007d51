"""Verify that a hundred debug sessions leave nothing behind when a third of their browsers are killed or crash.

``python -m benchmarks.hygiene [--sessions 100]`` exits with 1 if a process or profile folder is left.
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from benchmarks._ending import cleaned_up
from benchmarks._recorder_site import start_site
from core.config import Settings
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.browser_profile import FOLDER_PREFIX
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.recorded_facts import Batch
from core.debugging.recording import recorded
from core.debugging.redaction.masking import masks_for
from core.debugging.visit_target import Began, VisitTarget
from core.schemas.session_options import SessionOptions, WatchMode

WELL = SessionOptions(watch=WatchMode.LOAD)
ENDLESS = SessionOptions(watch=WatchMode.UNTIL_STOPPED)
ENDINGS = (signal.SIGKILL, signal.SIGSEGV)  # killed, and crashed


class _Killer:
    """A sink that stores nothing and, if given an *ending*, sends that signal to the browser during the session."""

    def __init__(self, browser: DebugBrowser, ending: signal.Signals | None) -> None:
        self._browser = browser
        self._ending = ending

    async def write(self, batch: Batch) -> None:
        if self._ending is not None:
            os.kill(self._browser.pid, self._ending)
            self._ending = None


async def main(sessions: int) -> bool:
    """Run the sessions, print one table, and return whether nothing was left."""
    states: Counter[str] = Counter()
    groups: set[int] = set()
    with tempfile.TemporaryDirectory() as folder:
        tempfile.tempdir = folder  # so that all profiles in it are ours
        process, site = start_site()
        settings = Settings(data_dir=Path(folder))
        pool = BrowserPool(settings)
        try:
            for number in range(sessions):
                states[await _one(pool, f"{site.url}/plain", settings, groups, number)] += 1
            await pool.close()
        finally:
            process.terminate()
            process.wait()
        folders = _profiles_in(folder)
    processes = _processes_of(groups)
    print("| what | figure | target |\n| --- | --- | --- |")
    print(f"| sessions: {', '.join(f'{count} {state}' for state, count in sorted(states.items()))} | {sessions} | – |")
    print(f"| processes left of {len(groups)} browsers | {len(processes)} | 0 |")
    print(f"| profile folders left | {len(folders)} | 0 |")
    return not processes and not folders


async def _one(pool: BrowserPool, url: str, settings: Settings, groups: set[int], number: int) -> str:
    browser = await pool.acquire()
    groups.add(browser.pid)
    ending = ENDINGS[number // 3 % len(ENDINGS)] if number % 3 == 0 else None
    target = VisitTarget(url=url, options=ENDLESS if ending else WELL)
    masks = masks_for(target.options, settings)
    try:
        async with recorded(
            browser,
            target,
            _Killer(browser, ending),
            settings=settings,
            masks=masks,
            stop=asyncio.Event(),
            on_began=_go_on,
        ) as update:
            pass
    finally:
        await pool.release(browser)
    return str(update.state)


async def _go_on(_began: Began) -> None:
    pass


def _profiles_in(folder: str) -> list[str]:
    return [path.name for path in Path(folder).glob(f"{FOLDER_PREFIX}*")]


def _processes_of(groups: set[int]) -> list[str]:
    listing = subprocess.run(["ps", "-eo", "pgid=,pid=,stat=,comm="], capture_output=True, text=True, check=True)
    return [line for line in listing.stdout.splitlines() if int(line.split()[0]) in groups]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hygiene", description=__doc__)
    parser.add_argument("--sessions", type=int, default=100)
    with cleaned_up():
        sys.exit(0 if asyncio.run(main(parser.parse_args().sessions)) else 1)
