"""Provide a browser where there is none: ``python -m core.debugging.provision``, as ``make`` does.

Playwright's own Chromium comes first; where that cannot be downloaded, the system's package manager is asked.
"""

import argparse
import os
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

DOWNLOAD_SECONDS = 900  # 170 MB on a slow line; an unreachable host fails much earlier, see CONNECT_MS
PACKAGES_SECONDS = 600
CONNECT_MS = "10000"  # Playwright waits 30 s a try by default, and tries five times
CANNOT_WORK_HERE = 3

PACKAGE_MANAGERS: dict[str, tuple[tuple[str, ...], ...]] = {
    # A bare Chromium draws no text, so a font comes with it wherever the package does not bring one.
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
    """What decides how a browser may be had here."""

    commands: frozenset[str]
    """Those of `PACKAGE_MANAGERS` that are on PATH."""
    is_root: bool
    has_sudo: bool
    """sudo works without a password."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One way to a browser: commands that are run one after the other."""

    words: str
    commands: tuple[tuple[str, ...], ...]
    timeout_seconds: float
    """For each command."""


def steps(machine: Machine) -> Iterator[Step]:
    """The ways that are open on *machine*, the best first; none of them asks a question."""
    manager = package_manager(machine)
    may_install = machine.is_root or machine.has_sudo or manager == "brew"
    playwright = (sys.executable, "-P", "-m", "playwright")
    download = (*playwright, "install", "chromium")
    libraries = (*playwright, "install-deps", "chromium")  # knows apt-get alone, and calls sudo itself
    yield Step(
        words="Downloading Playwright's Chromium (about 170 MB, once)",
        commands=(download, libraries) if manager == "apt-get" and may_install else (download,),
        timeout_seconds=DOWNLOAD_SECONDS,
    )
    if manager and may_install:
        yield Step(
            words=f"Installing Chromium with {manager}",
            commands=tuple(_privileged(machine, command) for command in PACKAGE_MANAGERS[manager]),
            timeout_seconds=PACKAGES_SECONDS,
        )


def package_manager(machine: Machine) -> str | None:
    """The first known one that is there."""
    return next((name for name in PACKAGE_MANAGERS if name in machine.commands), None)


def advice(machine: Machine) -> str:
    """One sentence: what a person can do when every step failed or was not allowed."""
    manager = package_manager(machine)
    if manager is None:
        return "Install Chromium, Chrome or Edge, or set WATCHWRIGHT_BROWSER_EXECUTABLE to one."
    command = " ".join(PACKAGE_MANAGERS[manager][-1])
    return f"Run `{command if machine.is_root or manager == 'brew' else f'sudo {command}'}` and start again."


def _privileged(machine: Machine, command: tuple[str, ...]) -> tuple[str, ...]:
    return command if machine.is_root or command[0] == "brew" else ("sudo", "-n", *command)


def this_machine() -> Machine:
    """Looks at PATH and asks sudo whether it would ask for a password."""
    is_root = os.geteuid() == 0
    has_sudo = not is_root and shutil.which("sudo") is not None and run(("sudo", "-n", "true"), 10) is None
    return Machine(
        commands=frozenset(name for name in PACKAGE_MANAGERS if shutil.which(name)),
        is_root=is_root,
        has_sudo=has_sudo,
    )


def run(command: tuple[str, ...], timeout_seconds: float) -> str | None:
    """Run *command* without a terminal; None when it went well, else why not, in a line."""
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
            start_new_session=True,  # so that its children, which hold the pipe open, can be ended with it
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
    return None if process.returncode == 0 else telling_line(output, process.returncode)


def telling_line(output: str, code: int) -> str:
    """The line of *output* that says what went wrong: the first that calls itself an error, else the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = (line for line in lines if line.lower().startswith(("error", "e:")))
    return next(errors, lines[-1] if lines else f"exit code {code}")


def provide(machine: Machine, find: Callable[[], str], say: Callable[[str], None]) -> str:
    """Try every step until *find* finds a browser; what it found.

    Raises:
        BrowserMissing: No step led to a browser; the message says what to do.
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
    """The browser that debug sessions would open, in words.

    Raises:
        BrowserMissing: There is none.
        InvalidSetting: A variable that names one cannot be used.
    """
    return str(find_browser(Settings.load()))


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 when there is a browser now, 3 when there is none."""
    parser = argparse.ArgumentParser(prog="python -m core.debugging.provision", description=__doc__)
    parser.add_argument(
        "--once", action="store_true", help="say nothing when all is well; do not try again what failed"
    )
    once: bool = parser.parse_args(arguments).once
    try:
        browser = _provided_once() if once else _provided()
    except WatchwrightError as error:
        print(error, "Everything but debug sessions works without one." if once else "", file=sys.stderr)
        return CANNOT_WORK_HERE
    if not once:
        print(f"Debug sessions open {browser}.")
    return 0


def _provided() -> str:
    try:
        return found()
    except BrowserMissing:
        if Settings.load().browser_executable is not None:
            raise  # whoever names a browser wants that one, and is told what is wrong with it
        return provide(this_machine(), found, lambda words: print(words, flush=True))


def _provided_once() -> str:
    """`_provided` on the first start in this environment, `found` on later ones, which must be quick."""
    tried = Path(sys.prefix) / "watchwright-browser.tried"
    if tried.exists():
        return found()
    tried.touch()
    return _provided()


if __name__ == "__main__":
    sys.exit(main())
