"""Decides which user a local browser runs as and whether its sandbox works, by trying it on this system.

A page that breaks out of root's browser would have root's rights, and Chromium's sandbox does not work for root. So
when Watchwright runs as root, the browser runs as ``nobody`` if possible.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from core.debugging.browsers.environment import browser_environment

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
    """The user that a browser runs as, and whether it has a sandbox."""

    has_sandbox: bool
    user: tuple[int, int] | None = None
    """User id and group id of the browser; None for our own user."""
    words: str | None = None
    """What is wrong with the confinement and how to fix it; None if all is well."""

    @property
    def description(self) -> str:
        """The confinement as a text for users."""
        return self.words or (f"it runs as {USER}, in its sandbox" if self.user else "it runs in its sandbox")

    def command(self, *words: str) -> tuple[str, ...]:
        """Return the command that runs *words* as `user`; it also gives that user the folder of ``--user-data-dir``."""
        if self.user is None:
            return words
        return (sys.executable, "-IS", str(PROGRAM), *map(str, self.user), *words)

    def wrapped(self, executable: Path, folder: Path) -> Path:
        """Return the path of a program in *folder* that runs `command`, for callers that accept only a path."""
        if self.user is None:
            return executable
        program = folder / "browser"
        program.write_text(f'#!/bin/sh\nexec {shlex.join(self.command(str(executable)))} "$@"\n')
        program.chmod(0o700)
        return program


OURS = Confinement(has_sandbox=True)


@cache
def confinement_of(executable: Path) -> Confinement:
    """Return how to confine *executable* on this system. The first call as root on Linux blocks for a moment."""
    if not (sys.platform.startswith("linux") and os.geteuid() == 0):
        return OURS
    user = _ids()
    try:
        output = _try(user, executable.resolve(), Path(tempfile.gettempdir()))
    except (OSError, subprocess.SubprocessError):
        output = [str(PROGRAM)]  # for example in a container that forbids changing the user
    return judge(output, user)


def may_make_namespaces() -> bool:
    """Whether our user may create the namespaces that Chromium's sandbox needs; blocks for a moment.

    If not, a browser may still be able to: through a setuid helper or an AppArmor rule. Only starting it shows that.
    """
    if not sys.platform.startswith("linux"):
        return True  # the sandbox uses no namespaces there
    try:
        return "namespaces" in _try((os.geteuid(), os.getegid()))
    except (OSError, subprocess.SubprocessError):
        return False


def _try(user: tuple[int, int], *places: Path) -> list[str]:
    command = (*Confinement(has_sandbox=True, user=user).command("--try"), *map(str, places))
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=TRY_SECONDS, check=True, env=browser_environment()
    )
    return done.stdout.splitlines()


def judge(output: list[str], user: tuple[int, int]) -> Confinement:
    """Return the confinement for the output of `step_down`'s trial: paths that *user* cannot read, ``namespaces``."""
    closed = [line for line in output if line != "namespaces"]
    if closed:
        return Confinement(has_sandbox=False, words=NO_USER.format(user=USER, path=closed[0], remedy=ELSEWHERE))
    if "namespaces" not in output:
        return Confinement(has_sandbox=False, user=user, words=NO_SANDBOX)
    return Confinement(has_sandbox=True, user=user)


def _ids() -> tuple[int, int]:
    import pwd  # not available on Windows

    try:
        entry = pwd.getpwnam(USER)
    except KeyError:
        return (65_534, 65_534)  # the kernel's overflow ids, which belong to nobody on every system
    return (entry.pw_uid, entry.pw_gid)
