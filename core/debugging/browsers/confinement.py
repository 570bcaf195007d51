"""As whom a browser of ours runs, and whether in its sandbox; found out by trying, as containers and systems differ.

Root's browser would be root's hands for whoever breaks out of a page, and Chromium has no sandbox for root. So started
by root it runs as ``nobody``, where that can be.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROGRAM = Path(__file__).with_name("step_down.py")
USER = "nobody"
TRY_SECONDS = 10.0
NO_USER = "it runs as root and without its sandbox, since {user} cannot use {path}: {remedy}"
ELSEWHERE = "install a browser for all users, or run Watchwright as a user of its own"
NO_SANDBOX = (
    f"it runs as {USER} but without its sandbox, since this system or container gives no user namespaces: allow them, "
    "or run Watchwright where there are some"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confinement:
    """How a browser is held."""

    has_sandbox: bool
    user: tuple[int, int] | None = None
    """Ids of the user and the group that it runs as; None where they are ours."""
    words: str | None = None
    """What is not as it should be, and what to do."""

    @property
    def description(self) -> str:
        """For a person."""
        return self.words or (f"it runs as {USER}, in its sandbox" if self.user else "it runs in its sandbox")

    def command(self, *words: str) -> tuple[str, ...]:
        """What to run so that *words* are run as that user; the folder of ``--user-data-dir`` becomes the user's."""
        if self.user is None:
            return words
        return (sys.executable, "-IS", str(PROGRAM), *map(str, self.user), *words)

    def wrapped(self, executable: Path, folder: Path) -> Path:
        """`command` as a program in *folder*, for who takes nothing but a path."""
        if self.user is None:
            return executable
        program = folder / "browser"
        program.write_text(f'#!/bin/sh\nexec {shlex.join(self.command(str(executable)))} "$@"\n')
        program.chmod(0o700)
        return program


OURS = Confinement(has_sandbox=True)


@cache
def confinement_of(executable: Path) -> Confinement:
    """How *executable* is to be run here. Blocks for a moment the first time, where we are root on Linux."""
    if not (sys.platform.startswith("linux") and os.geteuid() == 0):
        return OURS
    user = _ids()
    try:
        told = _try(user, executable.resolve(), Path(tempfile.gettempdir()))
    except (OSError, subprocess.SubprocessError):
        told = [str(PROGRAM)]  # as in a container that may not change its user
    return judge(told, user)


def may_make_namespaces() -> bool:
    """Whether who we are may make those of which Chromium's sandbox consists; blocks for a moment.

    A browser may all the same, by a helper that runs as root or a rule of AppArmor's: only its start shows that.
    """
    if not sys.platform.startswith("linux"):
        return True  # its sandbox is made of something else
    try:
        return "namespaces" in _try((os.geteuid(), os.getegid()))
    except (OSError, subprocess.SubprocessError):
        return False


def _try(user: tuple[int, int], *places: Path) -> list[str]:
    command = (*Confinement(has_sandbox=True, user=user).command("--try"), *map(str, places))
    done = subprocess.run(command, capture_output=True, text=True, timeout=TRY_SECONDS, check=True)
    return done.stdout.splitlines()


def judge(told: list[str], user: tuple[int, int]) -> Confinement:
    """What follows from what `step_down` *told* on trying: the places closed to *user*, and ``namespaces`` if any."""
    closed = [line for line in told if line != "namespaces"]
    if closed:
        return Confinement(has_sandbox=False, words=NO_USER.format(user=USER, path=closed[0], remedy=ELSEWHERE))
    if "namespaces" not in told:
        return Confinement(has_sandbox=False, user=user, words=NO_SANDBOX)
    return Confinement(has_sandbox=True, user=user)


def _ids() -> tuple[int, int]:
    import pwd  # there is none on Windows

    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        return (65_534, 65_534)  # the kernel's own overflow ids, which are nobody's everywhere
    return (entry.pw_uid, entry.pw_gid)
