"""Starts Playwright's driver, a separate process that takes up to a second to start."""

import asyncio
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from playwright._impl._driver import compute_driver_executable
from playwright.async_api import Playwright, async_playwright

from core.debugging.browsers.browser_profile import new_folder
from core.debugging.browsers.chromium_process import KEEPER
from core.debugging.browsers.environment import driver_environment
from core.errors import BrowserError

END_SECONDS = 10.0  # for a driver, or a browser through it, to end; one that hangs must not keep its place for ever
PROGRAM = Path(__file__).with_name("kept_driver.sh")
COMMAND = "KEPT_DRIVER"  # the program reads it
NODE = "PLAYWRIGHT_NODEJS_PATH"  # Playwright reads from it which program to run as its driver
TEMPORARY = "tmp"  # the temporary folder of the driver and its browsers, in the driver's own
_starting = asyncio.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """A running driver."""

    playwright: Playwright
    folder: Path
    """For files of ours; it is deleted when the driver has ended."""


@asynccontextmanager
async def driver() -> AsyncIterator[Driver]:
    """Run a driver during the block. Afterwards no process of it or of its browsers is left, and no file.

    Unlike Playwright's own context manager, ends it when cancelled while starting.

    Raises:
        BrowserError: The driver could not be started.
    """
    folder = await asyncio.to_thread(_new_folder)
    starting = asyncio.ensure_future(_start(folder))
    try:
        yield Driver(playwright=await asyncio.shield(starting), folder=folder)
    finally:
        with suppress(TimeoutError, BrowserError):
            async with asyncio.timeout(END_SECONDS):
                await (await starting).stop()
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


def _new_folder() -> Path:
    if sys.platform == "win32":
        return Path(tempfile.mkdtemp())
    folder = new_folder()
    folder.chmod(0o711)
    (folder / TEMPORARY).mkdir()
    (folder / TEMPORARY).chmod(0o1733)  # as open as /tmp: a confined browser runs as another user
    return folder


async def _start(folder: Path) -> Playwright:
    if sys.platform == "win32":  # the keeper needs Unix
        return await _begun()
    async with _starting:
        before, command = os.environ.get(NODE), _command(folder)
        os.environ.update({NODE: str(PROGRAM), COMMAND: command})
        try:
            return await _begun()
        finally:
            del os.environ[NODE], os.environ[COMMAND]
            if before is not None:
                os.environ[NODE] = before


async def _begun() -> Playwright:
    try:
        return await async_playwright().start()
    except Exception as error:  # Playwright raises this very class when its driver ends
        raise BrowserError(f"Playwright's driver could not be started: {error}") from error


def _command(folder: Path) -> str:
    """Return the shell command that runs Node.js in a keeper and with few environment variables."""
    node, _ = compute_driver_executable()
    dropped = [word for name in {NODE, COMMAND, *os.environ} - driver_environment().keys() for word in ("-u", name)]
    keeper = (sys.executable, "-IS", str(KEEPER), str(folder), "driver", node)
    return shlex.join(["env", *dropped, f"TMPDIR={folder / TEMPORARY}", *keeper])
