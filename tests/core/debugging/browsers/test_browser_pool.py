"""Many sessions in a row leave nothing behind, even if a third of the browsers is killed."""

import asyncio
import os
import signal
import subprocess
from pathlib import Path

from core.config import Settings
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.debug_browser import SESSIONS_PER_BROWSER
from core.debugging.capture import capture_in
from core.schemas.session_options import SessionOptions, WatchMode
from tests.core.debugging.busy_site import BusySite

SESSIONS = 6
QUICK = SessionOptions(watch=WatchMode.LOAD, has_screenshots=False, has_filmstrip=False)


def processes_of(groups: set[int]) -> list[str]:
    """Return the processes of these process groups, including zombies."""
    listing = subprocess.run(["ps", "-eo", "pgid=,pid=,stat=,comm="], capture_output=True, text=True, check=True)
    return [line for line in listing.stdout.splitlines() if int(line.split()[0]) in groups]


async def test_many_sessions_with_a_third_killed_leave_nothing_behind(
    site: BusySite, browser_settings: Settings
) -> None:
    pool = BrowserPool(browser_settings)
    groups: set[int] = set()
    profiles: set[Path] = set()
    states: list[str] = []

    for number in range(SESSIONS):
        browser = await pool.acquire()
        groups.add(browser.pid)
        profiles.add(browser._process._profile)  # type: ignore[attr-defined] # a local browser
        stop, site.hanging = asyncio.Event(), asyncio.Event()
        is_killed = number % 3 == 0
        path = "/slow" if is_killed else "/plain"
        visiting = asyncio.create_task(
            capture_in(browser, f"{site.url}{path}", QUICK, settings=browser_settings, stop=stop)
        )
        if is_killed:
            await site.hanging.wait()
            os.killpg(browser.pid, signal.SIGKILL)
        states.append(str((await visiting).session.state))
        await pool.release(browser)
    await pool.close()

    assert states == ["FAILED" if number % 3 == 0 else "COMPLETED" for number in range(SESSIONS)]
    assert len(groups) == SESSIONS // 3 + 1  # a new browser after each kill, reused by the following sessions
    assert processes_of(groups) == []
    assert [profile for profile in profiles if profile.exists()] == []


async def test_a_warm_browser_serves_the_next_session_and_is_retired_in_time(browser_settings: Settings) -> None:
    pool = BrowserPool(browser_settings)
    first = await pool.acquire()
    await pool.release(first)

    again = await pool.acquire()
    again.served = SESSIONS_PER_BROWSER
    await pool.release(again)
    fresh = await pool.acquire()

    assert again is first
    assert fresh is not first
    await pool.release(fresh)
    await pool.close()
