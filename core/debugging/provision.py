"""Install a browser if the machine has none: ``python -m core.debugging.provision``, which ``make`` calls.

Tries to download Playwright's Chromium first, then to install Chromium with the system's package manager.
"""

import argparse
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.config import Settings
from core.debugging.browser import find_browser
from core.errors import BrowserMissing, WatchwrightError

DOWNLOAD_SECONDS = 900  # 170 MB over a slow connection; an unreachable host fails much earlier, see CONNECT_MS
PACKAGES_SECONDS = 600
CONNECT_MS = "10000"  # Playwright's default is 30 s for each of five attempts
CANNOT_WORK_HERE = 3

PACKAGE_MANAGERS: dict[str, tuple[tuple[str, ...], ...]] = {
    # Chromium draws no text without a font, so install one where the package does not depend on one.
    "apt-get": (
        ("apt-get", "-qq", "update"),
        ("apt-get", "-qq", "install", "-y", "--no-install-recommends", "chromium", "fonts-liberation"),
    ),
    "dnf": (("dnf", "-q", "-y", "install", "chromium"),),
    "zypper": (("zypper", "-q", "--non-interactive", "install", "chromium"),),
    "pacman": (("pacman", "-Sy", "--noconfirm", "chromium", "ttf-liberation"),),
    "apk": (("apk", "add", "-q", "chromium", "font-liberation"),),
    "brew": (("brew", "install", "--quiet", "--cask", "chromium"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """Facts about this machine that decide how a browser can be installed."""

    commands: frozenset[str]
    """The commands of `PACKAGE_MANAGERS` that are on PATH."""
    is_root: bool
    has_sudo: bool
    """Whether sudo works without a password."""
    has_only_snap: bool = False
    """Whether the package manager has no Chromium but a script that asks for its snap, as on Ubuntu."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way to install a browser: commands to run one after the other."""

    words: str
    commands: tuple[tuple[str, ...], ...]
    timeout_seconds: float
    """For each command."""


def steps(machine: Machine) -> Iterator[Step]:
    """Yield the possible ways to install a browser on *machine*, best first. None of them prompts the user."""
    manager = package_manager(machine)
    may_install = machine.is_root or machine.has_sudo or manager == "brew"
    playwright = (sys.executable, "-P", "-m", "playwright")
    download = (*playwright, "install", "chromium")
    libraries = (*playwright, "install-deps", "chromium")  # supports only apt-get, and calls sudo itself
    yield Step(
        words="Downloading Playwright's Chromium (about 170 MB, once)",
        commands=(download, libraries) if manager == "apt-get" and may_install else (download,),
        timeout_seconds=DOWNLOAD_SECONDS,
    )
    if manager and may_install and not machine.has_only_snap:
        yield Step(
            words=f"Installing Chromium with {manager}",
            commands=tuple(_privileged(machine, command) for command in PACKAGE_MANAGERS[manager]),
            timeout_seconds=PACKAGES_SECONDS,
        )


def package_manager(machine: Machine) -> str | None:
    """Return the first of `PACKAGE_MANAGERS` that *machine* has; None when it has none."""
    return next((name for name in PACKAGE_MANAGERS if name in machine.commands), None)


def advice(machine: Machine) -> str:
    """Return one sentence: what the user can do when no step provided a browser."""
    manager = package_manager(machine)
    if machine.has_only_snap:
        return (
            "Ubuntu has Chromium only as a snap. Run `sudo snap install chromium`, or install Google Chrome, and start "
            "again."
        )
    if manager is None:
        return "Install Chromium, Chrome or Edge, or set WATCHWRIGHT_BROWSER_EXECUTABLE to one."
    command = " ".join(PACKAGE_MANAGERS[manager][-1])
    return f"Run `{command if machine.is_root or manager == 'brew' else f'sudo {command}'}` and start again."


def _privileged(machine: Machine, command: tuple[str, ...]) -> tuple[str, ...]:
    return command if machine.is_root or command[0] == "brew" else ("sudo", "-n", *command)


def this_machine() -> Machine:
    """Inspect PATH and try whether sudo works without a password."""
    is_root = os.geteuid() == 0
    has_sudo = not is_root and shutil.which("sudo") is not None and run(("sudo", "-n", "true"), 10) is None
    return Machine(
        commands=frozenset(name for name in PACKAGE_MANAGERS if shutil.which(name)),
        is_root=is_root,
        has_sudo=has_sudo,
        has_only_snap=_is_ubuntu(),
    )


def _is_ubuntu() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "ubuntu"
    except OSError:
        return False


def run(command: tuple[str, ...], timeout_seconds: float) -> str | None:
    """Run *command* without a terminal; return None on success, else one line that says what failed."""
    environment = {
        **os.environ,
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": CONNECT_MS,
    }
    try:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # so that killpg also ends its children, which hold the pipe open
        )
    except OSError as error:
        return str(error)
    with process:
        try:
            output, _ = process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            return f"gave up after {timeout_seconds:g} s"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
    return None if process.returncode == 0 else error_line(output, process.returncode)


def error_line(output: str, code: int) -> str:
    """Return the line of *output* that explains the failure: the first that starts with "error", else the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = (line for line in lines if line.lower().startswith(("error", "e:")))
    return next(errors, lines[-1] if lines else f"exit code {code}")


def provide(machine: Machine, find: Callable[[], str], say: Callable[[str], None]) -> str:
    """Run the steps until *find* finds a browser, and return what it found; *say* reports the progress.

    Raises:
        BrowserMissing: No step provided a browser; the message says what to do.
    """
    for step in steps(machine):
        say(f"{step.words} …")
        reasons = (run(command, step.timeout_seconds) for command in step.commands)
        if failed := next((reason for reason in reasons if reason), None):
            say(f"That did not work: {failed}")
        try:
            return find()
        except BrowserMissing:
            continue
    raise BrowserMissing(f"There is no browser for debug sessions. {advice(machine)}")


def found() -> str:
    """Return the browser that debug sessions would open, as text.

    Raises:
        BrowserMissing: There is no browser.
        InvalidSetting: A WATCHWRIGHT_BROWSER_… variable has an unusable value.
    """
    return str(find_browser(Settings.load()))


def main(arguments: list[str] | None = None) -> int:
    """Return exit code 0 when there is a browser now, 3 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m core.debugging.provision", description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="say nothing when all is well; do not try again what failed"
    )
    once: bool = parser.parse_args(arguments).once
    try:
        browser = _provided_once() if once else _provided()
    except WatchwrightError as error:
        print(error, "Everything except debug sessions works without it." if once else "", file=sys.stderr)
        return CANNOT_WORK_HERE
    if not once:
        print(f"Debug sessions open {browser}.")
    return 0


def _provided() -> str:
    try:
        return found()
    except BrowserMissing:
        if Settings.load().browser_executable is not None:
            raise  # the user chose this browser, so say what is wrong with it instead of installing another
        return provide(this_machine(), found, lambda words: print(words, flush=True))


def _provided_once() -> str:
    """Install a browser if needed on the first start in this environment; later starts only look for one."""
    tried = Path(sys.prefix) / "watchwright-browser.tried"
    if tried.exists():
        return found()
    tried.touch()
    return _provided()


if __name__ == "__main__":
    sys.exit(main())
