"""Browsers that fail to start."""

import asyncio
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.chromium_process import ChromiumProcess, _Pipes
from core.debugging.browsers.confinement import OURS, confinement_of
from core.debugging.cdp.connection import CdpConnection
from core.errors import BrowserError
from tests.core.debugging.busy_site import BusySite
from tests.waiting import until

PROGRAM = r"""#!{python} -IS
import os, sys
with open({starts!r}, "a+") as starts:
    starts.write(" ".join(sys.argv) + "\n")
    starts.seek(0)
    number = len(starts.readlines())
if number <= {fails}:
    sys.exit({words!r})
os.read(3, 1000)
os.write(4, b'{{"id":1,"result":{{"processInfo":[{{"type":"browser","id":%d}}]}}}}\0' % os.getpid())
while os.read(3, 1000):
    pass
"""


def browser_that(folder: Path, *, fails: int, words: str) -> Path:
    """A program that logs each start in ``starts``, fails some times with *words*, and then answers."""
    path = folder / "browser"
    path.write_text(PROGRAM.format(python=sys.executable, starts=str(folder / "starts"), fails=fails, words=words))
    path.chmod(0o755)
    return path


def profiles_of(folder: Path) -> list[str]:
    starts = (folder / "starts").read_text().splitlines()
    flag = "--user-data-dir="
    return [word.removeprefix(flag) for start in starts for word in start.split() if word.startswith(flag)]


def still_there(paths: list[str]) -> list[str]:
    return [path for path in paths if Path(path).exists()]


LOCK_FAILED = "Failed to create a ProcessSingleton for your profile directory."
NO_BUS = "[7:9:1129/1.2:ERROR:dbus/bus.cc:405] Failed to connect to socket /run/dbus: No such file or directory"
"""An error that Chromium prints on a server without failing."""


async def test_a_browser_that_ends_immediately_is_started_again_with_a_new_profile(tmp_path: Path) -> None:
    executable = browser_that(tmp_path, fails=2, words=LOCK_FAILED)

    browser = await ChromiumProcess.launch(executable, OURS)

    assert browser.is_alive
    await browser.kill()
    profiles = profiles_of(tmp_path)
    assert len(set(profiles)) == 3
    assert still_there(profiles) == []


async def test_a_browser_that_ends_before_it_is_served_is_noticed() -> None:
    pipes, connection = _Pipes(), CdpConnection(lambda _message: None)

    pipes.pipe_connection_lost(1, None)
    pipes.serve(connection)

    assert connection.is_closed


async def test_a_browser_that_never_starts_gives_the_reason(tmp_path: Path) -> None:
    executable = browser_that(tmp_path, fails=9, words=f"{LOCK_FAILED}\n{NO_BUS}")

    with pytest.raises(BrowserError, match="ended before it answered: Failed to create a ProcessSingleton"):
        await ChromiumProcess.launch(executable, OURS)

    assert len(profiles_of(tmp_path)) == 3


@pytest.mark.parametrize("words", ["No usable sandbox!", "FATAL: Failed to receive hello message from zygote"])
async def test_a_sandbox_failure_is_not_retried(tmp_path: Path, words: str) -> None:
    executable = browser_that(tmp_path, fails=9, words=words)

    with pytest.raises(BrowserError, match="could not start its sandbox"):
        await ChromiumProcess.launch(executable, OURS)

    assert len(profiles_of(tmp_path)) == 1


@pytest.fixture
def shared_folder() -> Iterator[Path]:
    """A folder that a browser of another user can write to; pytest's own folder belongs to root."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o777)
        yield Path(folder)


async def test_a_browser_contacts_only_the_page_under_test(
    shared_folder: Path, site: BusySite, browser_settings: Settings
) -> None:
    executable = find_browser(browser_settings).executable
    assert executable is not None
    journal = shared_folder / "net.json"

    held = await asyncio.to_thread(confinement_of, executable)
    browser = await ChromiumProcess.launch(executable, held, (f"--log-net-log={journal}",))
    try:
        made = await browser.connection.root.send("Target.createBrowserContext")
        where = {"browserContextId": made["browserContextId"], "url": f"{site.url}/plain"}
        await browser.connection.root.send("Target.createTarget", where)
        await until(lambda: "GET /plain" in site.log)
    finally:
        await browser.close()

    asked = set(re.findall(r'"url":"https?://([^/":]+)', journal.read_text()))
    assert "127.0.0.1" in asked
    assert asked <= {"127.0.0.1", "localhost"}
