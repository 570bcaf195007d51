"""No process and no file of a driver is left behind, and it has no secrets."""

import asyncio
import os
import signal
import sys
from collections.abc import Collection
from contextlib import suppress

import psutil
import pytest

from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.playwright_driver import COMMAND, NODE, TEMPORARY, driver
from core.errors import BrowserError
from tests.waiting import until


def drivers(besides: Collection[psutil.Process] = ()) -> dict[psutil.Process, float]:
    """Return the running drivers and how much CPU time each has used."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if process not in besides and process.name().startswith("node"):
                found[process] = process.cpu_times().user
    return found


async def test_a_driver_that_is_cancelled_while_it_starts_is_ended() -> None:
    others = drivers()

    async def use() -> None:
        async with driver():
            raise AssertionError("it was to be given up before")

    using = asyncio.create_task(use())
    await until(lambda: any(drivers(others).values()))
    using.cancel()
    await asyncio.gather(using, return_exceptions=True)

    assert using.cancelled()
    assert not drivers(others)


async def test_a_driver_that_is_killed_while_it_starts_is_an_error_of_the_browser() -> None:
    others = drivers()

    async def use() -> None:
        async with driver():
            raise AssertionError("it was to be killed before")

    using = asyncio.create_task(use())
    (process,) = await until(lambda: drivers(others))
    process.kill()

    with pytest.raises(BrowserError, match="Playwright's driver could not be started: Connection closed"):
        await using
    await until(lambda: len(asyncio.all_tasks()) == 1)  # Playwright's own task waits for the end of the process


@pytest.mark.skipif(sys.platform == "win32", reason="drivers there have no keeper")
async def test_a_frozen_driver_is_ended_with_its_browser_and_its_folder(browser_settings: Settings) -> None:
    others, executable = drivers(), find_browser(browser_settings).executable

    async with driver() as running:
        browser = await running.playwright.chromium.launch(executable_path=executable, chromium_sandbox=False)
        (process,) = drivers(others)
        family = [process, *process.children(recursive=True)]
        profiles = [path for path in (running.folder / TEMPORARY).iterdir() if path.name.startswith("playwright")]
        assert browser.is_connected()
        for member in family:
            member.send_signal(signal.SIGSTOP)

    assert len(family) > 2
    assert profiles
    assert not [member for member in family if member.is_running()]
    assert not running.folder.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="drivers there have no keeper")
async def test_a_driver_needs_no_program_in_the_temporary_folder() -> None:
    async with driver() as running:
        programs = [path for path in running.folder.rglob("*") if path.is_file() and os.access(path, os.X_OK)]

    assert not programs  # Docker mounts /tmp with noexec


@pytest.mark.skipif(sys.platform == "win32", reason="drivers there have no keeper")
async def test_a_driver_has_no_secret_and_our_environment_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_SECRET_KEY", "planted-secret")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", "/browsers")
    others, before = drivers(), dict(os.environ)

    async with driver():
        (process,) = drivers(others)
        environments = [member.environ() for member in (process, *process.parents()[:1])]

    for environment in environments:
        assert environment["PLAYWRIGHT_BROWSERS_PATH"] == "/browsers"
        assert not {"WATCHWRIGHT_SECRET_KEY", NODE, COMMAND} & environment.keys()
    assert dict(os.environ) == before
