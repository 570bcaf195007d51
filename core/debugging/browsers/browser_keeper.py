"""Runs a browser, reaps all that it leaves and clears its profile: a program of its own, started by `chromium_process`.

It outlives us: when Watchwright is killed, the browser's pipe closes, the browser ends, and this ends it cleanly.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36
READS_COMMANDS, WRITES_ANSWERS = 3, 4  # the descriptors of Chromium's --remote-debugging-pipe


def main(profile: Path, command: list[str]) -> None:
    """Run *command* to its end; SIGTERM ends it at once. Its commands come on stdin, its answers go to stdout."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # the browser's orphans come to us: in a container nobody else may reap them
    browser = os.fork()
    if browser == 0:
        _become(command)
    signal.signal(signal.SIGTERM, lambda *_: _kill(browser))
    _silence(0, 1)
    while True:
        try:
            ended, _ = os.wait()
        except ChildProcessError:
            break
        if ended == browser:
            _kill(browser)  # its group: what has not noticed yet that its head is gone
    shutil.rmtree(profile, ignore_errors=True)


def _become(command: list[str]) -> None:
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(0, READS_COMMANDS)
    os.dup2(1, WRITES_ANSWERS)
    _silence(0, 1)
    try:
        os.execv(command[0], command)  # noqa: S606 (no shell is what is wanted)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _silence(*descriptors: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(nothing, descriptor)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":  # elsewhere the system reaps orphans itself
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
