"""The user and sandbox of local browsers."""

import asyncio
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import Settings
from core.debugging.browser import find_browser
from core.debugging.browsers.confinement import OURS, PROGRAM, confinement_of, judge
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.capture import capture_in
from core.schemas.session_options import SessionOptions
from tests.core.monitoring import servers
from tests.core.monitoring.servers import OK, raw_server

USER = (65_534, 65_534)
AS_ROOT = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0, reason="only root can become another user"
)


@pytest.mark.parametrize(
    ("told", "user", "has_sandbox", "words"),
    [
        (["namespaces"], USER, True, "it runs as nobody, in its sandbox"),
        ([], USER, False, "gives no user namespaces"),
        (["/root/.cache/chrome", "namespaces"], None, False, "nobody cannot use /root/.cache/chrome: install"),
    ],
    ids=["all well", "a container without namespaces", "a browser in root's home"],
)
def test_the_trials_result_decides_the_confinement(
    told: list[str], user: tuple[int, int] | None, has_sandbox: bool, words: str
) -> None:
    held = judge(told, USER)

    assert (held.user, held.has_sandbox) == (user, has_sandbox)
    assert words in held.description


def test_a_program_is_wrapped_only_for_another_user(tmp_path: Path) -> None:
    assert OURS.wrapped(Path("/bin/true"), tmp_path) == Path("/bin/true")
    assert "step_down.py" in judge(["namespaces"], USER).wrapped(Path("/bin/true"), tmp_path).read_text()


@pytest.mark.skipif(shutil.which("unshare") is None, reason="unshare(1) makes where there are none")
@pytest.mark.parametrize(("most", "told"), [(10, "namespaces"), (0, "")], ids=["some", "none"])
def test_namespaces_are_tried_without_changing_the_user(most: int, told: str) -> None:
    limit = f"echo {most} > /proc/sys/user/max_user_namespaces && "
    tried = shlex.join((sys.executable, "-IS", str(PROGRAM), "0", "0", "--try"))

    done = subprocess.run(
        ("unshare", "--user", "--map-root-user", "sh", "-c", limit + tried), capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == told


@AS_ROOT
async def test_roots_browser_runs_as_nobody_in_its_sandbox(browser_settings: Settings) -> None:
    choice = find_browser(browser_settings)
    assert choice.executable is not None
    held = await asyncio.to_thread(confinement_of, choice.executable)
    async with PolicyProxy(browser_settings.address_policy.refusal) as guard:
        browser = await DebugBrowser.launch(choice, guard)
        try:
            with raw_server(servers.answer(OK)) as site:
                captured = await capture_in(browser, site.url, SessionOptions(), settings=browser_settings)
            told = await browser.connection.root.send("SystemInfo.getProcessInfo")
            users = {process["type"]: _user_of(process["id"]) for process in told["processInfo"]}
        finally:
            await browser.close()

    assert captured.session.success
    assert captured.artifacts
    expected = 0 if held.user is None else held.user[0]
    assert (users["browser"], set(users.values())) == (expected, {expected}), held.description


def _user_of(process_id: int) -> int:
    return Path(f"/proc/{process_id}").stat().st_uid
