"""Program that runs a browser, reaps its orphans and deletes its profile. `chromium_process` starts it.

It outlives Watchwright: if Watchwright is killed, the browser's pipe closes, the browser exits, and this cleans up.
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
COMMANDS_IN, RESPONSES_OUT = 3, 4  # file descriptors of Chromium's --remote-debugging-pipe


def main(profile: Path, command: list[str]) -> None:
    """Run the browser *command* until it exits or SIGTERM arrives; forwards CDP between it and stdin and stdout."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # adopt the browser's orphans: in a container nobody else may reap them
    browser = os.fork()
    if browser == 0:
        _become(command)
    signal.signal(signal.SIGTERM, lambda *_: _kill(browser))
    _redirect_to_null(0, 1)
    while True:
        try:
            ended, _ = os.wait()
        except ChildProcessError:
            break
        if ended == browser:
            _kill(browser)  # the rest of its process group
    shutil.rmtree(profile, ignore_errors=True)


def _become(command: list[str]) -> None:
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    os.dup2(0, COMMANDS_IN)
    os.dup2(1, RESPONSES_OUT)
    _redirect_to_null(0, 1)
    try:
        os.execv(command[0], command)  # noqa: S606 (intentionally without a shell)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _redirect_to_null(*descriptors: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":  # other systems reap orphans themselves
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
