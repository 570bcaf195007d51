"""The steps that install a browser depend on the machine, and a message gives advice if all fail."""

import sys
import time
from pathlib import Path

import pytest

from core.debugging.provision import Machine, advice, error_line, main, provide, run, steps
from core.errors import BrowserMissing

BARE = Machine(commands=frozenset(), is_root=False, has_sudo=False)
NOBODY_ON_DEBIAN = Machine(commands=frozenset({"apt-get"}), is_root=False, has_sudo=False)
ROOT_ON_DEBIAN = Machine(commands=frozenset({"apt-get"}), is_root=True, has_sudo=False)
ROOT_ON_UBUNTU = Machine(commands=frozenset({"apt-get"}), is_root=True, has_sudo=False, has_only_snap=True)


def test_playwrights_own_browser_is_tried_first() -> None:
    first, *_ = steps(ROOT_ON_DEBIAN)

    assert first.commands[0] == (sys.executable, "-P", "-m", "playwright", "install", "chromium")


def test_root_on_debian_also_installs_the_libraries() -> None:
    first, *_ = steps(ROOT_ON_DEBIAN)

    assert first.commands[1][-2:] == ("install-deps", "chromium")


@pytest.mark.parametrize(
    ("manager", "command"),
    [
        ("apt-get", "apt-get -qq install -y --no-install-recommends chromium fonts-liberation"),
        ("dnf", "dnf -q -y install chromium"),
        ("apk", "apk add -q chromium font-liberation"),
    ],
)
def test_root_tries_the_package_manager_next(manager: str, command: str) -> None:
    *_, last = steps(Machine(commands=frozenset({manager}), is_root=True, has_sudo=False))

    assert " ".join(last.commands[-1]) == command


def test_a_package_that_only_asks_for_a_snap_is_not_installed() -> None:
    assert [step.words[:11] for step in steps(ROOT_ON_UBUNTU)] == ["Downloading"]


def test_sudo_is_used_only_if_it_needs_no_password() -> None:
    with_sudo = Machine(commands=frozenset({"dnf"}), is_root=False, has_sudo=True)

    assert [step.commands[0][:3] for step in steps(with_sudo)][1:] == [("sudo", "-n", "dnf")]
    assert len(list(steps(NOBODY_ON_DEBIAN))) == 1


def test_homebrew_is_never_run_through_sudo() -> None:
    *_, last = steps(Machine(commands=frozenset({"brew"}), is_root=False, has_sudo=True))

    assert last.commands == (("brew", "install", "--quiet", "--cask", "chromium"),)


@pytest.mark.parametrize(
    ("machine", "words"),
    [
        pytest.param(BARE, "set WATCHWRIGHT_BROWSER_EXECUTABLE", id="no package manager"),
        pytest.param(NOBODY_ON_DEBIAN, "Run `sudo apt-get", id="not root"),
        pytest.param(ROOT_ON_DEBIAN, "Run `apt-get", id="root"),
        pytest.param(ROOT_ON_UBUNTU, "Run `sudo snap install chromium`, or install Google Chrome", id="Ubuntu"),
    ],
)
def test_advice_gives_one_command(machine: Machine, words: str) -> None:
    assert words in advice(machine)


@pytest.mark.parametrize(
    ("output", "line"),
    [
        pytest.param(
            "Reading\nE: Unable to locate package chromium\n", "E: Unable to locate package chromium", id="apt"
        ),
        pytest.param("Downloading\nError: ENOTFOUND\n    at node:1\n", "Error: ENOTFOUND", id="playwright"),
        pytest.param("one\ntwo\n", "two", id="the last line"),
        pytest.param("", "exit code 9", id="silence"),
    ],
)
def test_the_line_that_explains_the_failure_is_chosen(output: str, line: str) -> None:
    assert error_line(output, 9) == line


def test_a_command_that_hangs_is_ended_with_its_children() -> None:
    started = time.monotonic()

    reason = run(("/bin/sh", "-c", "sleep 60 & sleep 60"), 0.2)

    assert reason == "gave up after 0.2 s"
    assert time.monotonic() - started < 10


def test_a_missing_command_gives_a_reason() -> None:
    assert "No such file" in str(run(("/nowhere/apt-get",), 5))


def test_the_package_manager_is_tried_when_the_download_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = tmp_path / "chromium"
    fake_apt_get(tmp_path, f"touch {browser}")
    no_download(tmp_path, monkeypatch)
    said: list[str] = []

    found = provide(ROOT_ON_DEBIAN, lambda: find(browser), said.append)

    assert found == str(browser)
    assert [line for line in said if line.startswith("Installing")] == ["Installing Chromium with apt-get …"]


def test_without_any_way_to_a_browser_the_message_gives_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_apt_get(tmp_path, "echo 'E: Unable to locate package chromium' >&2; exit 100")
    no_download(tmp_path, monkeypatch)
    said: list[str] = []

    with pytest.raises(BrowserMissing, match="There is no browser for debug sessions. Run `apt-get"):
        provide(ROOT_ON_DEBIAN, lambda: find(tmp_path / "chromium"), said.append)

    assert said[-1] == "That did not work: E: Unable to locate package chromium"


def test_a_configured_browser_that_is_missing_is_not_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_EXECUTABLE", str(tmp_path / "chrome"))

    assert main([]) == 3

    output = capsys.readouterr()
    assert "WATCHWRIGHT_BROWSER_EXECUTABLE" in output.err
    assert "Downloading" not in output.out


def test_an_existing_browser_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    browser = tmp_path / "chrome"
    browser.write_text("#!/bin/sh\n")
    browser.chmod(0o755)
    monkeypatch.setenv("WATCHWRIGHT_BROWSER_EXECUTABLE", str(browser))

    assert main([]) == 0

    assert f"Debug sessions open {browser} " in capsys.readouterr().out


def find(browser: Path) -> str:
    """Return a replacement of `find_browser` for a machine whose only browser would be *browser*."""
    if not browser.exists():
        raise BrowserMissing("There is none.")
    return str(browser)


def fake_apt_get(folder: Path, script: str) -> None:
    """Create a package manager that runs *script* on ``install``."""
    program = folder / "apt-get"
    program.write_text(f'#!/bin/sh\ncase "$*" in *install*) {script};; esac\n')
    program.chmod(0o755)


def no_download(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Direct Playwright's download to a closed local port, and put *folder* first in PATH."""
    monkeypatch.setenv("PLAYWRIGHT_DOWNLOAD_HOST", "http://127.0.0.1:9")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(folder / "browsers"))
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
