"""Program that runs a browser or Playwright's driver, and at its end kills what it started and deletes its folder.

Arguments: ``FOLDER cdp|driver PROGRAM ARGUMENT …``. It outlives Watchwright: if Watchwright is killed, standard input
closes, and what does not end by itself then is killed. It holds a lock on the folder, so nobody else deletes it.
"""

import contextlib
import ctypes
import fcntl
import os
import select
import shutil
import signal
import sys
import threading
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1  # prctl(2)
PR_SET_CHILD_SUBREAPER = 36
COMMANDS_IN, RESPONSES_OUT = 3, 4  # file descriptors of Chromium's --remote-debugging-pipe
GRACE_SECONDS = 5.0  # for the program to end after standard input has closed; a frozen one never does


def main(folder: Path, is_cdp: bool, command: list[str]) -> None:
    """Run *command* until it exits or SIGTERM arrives.

    Args:
        is_cdp: Whether to connect Chromium's CDP pipe to stdin and stdout; a driver reads and writes these itself.
    """
    _prctl(PR_SET_CHILD_SUBREAPER, 1)  # adopt orphans: to kill them, and since in a container nobody else may reap them
    lock = os.open(folder, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    program = os.fork()
    if program == 0:
        _become(command, is_cdp)
    signal.signal(signal.SIGTERM, lambda *_: _kill(program))
    threading.Thread(target=_kill_after_close, args=(os.dup(0), program), daemon=True).start()
    _redirect_to_null(0, 1)
    is_over = False
    while True:
        try:
            ended, _ = os.wait()
        except ChildProcessError:
            break
        if ended == program:
            is_over = True
            _kill(program)  # the rest of its process group
        if is_over:
            _kill_children()
    shutil.rmtree(folder, ignore_errors=True)


def _become(command: list[str], is_cdp: bool) -> None:
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if is_cdp:
        os.dup2(0, COMMANDS_IN)
        os.dup2(1, RESPONSES_OUT)
        _redirect_to_null(0, 1)
    try:
        os.execv(command[0], command)  # noqa: S606 (intentionally without a shell)
    except OSError as error:
        os.write(2, f"{command[0]}: {error.strerror}\n".encode())
        os._exit(127)


def _kill_after_close(commands: int, program: int) -> None:
    """Kill *program* `GRACE_SECONDS` after the other end of *commands* has closed."""
    closing = select.poll()
    closing.register(commands, 0)  # reports only POLLHUP and POLLERR
    closing.poll()
    time.sleep(GRACE_SECONDS)
    _kill(program)


def _redirect_to_null(*descriptors: int) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in descriptors:
        os.dup2(null, descriptor)


def _kill(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def _kill_children() -> None:
    """Kill our children: orphans of the program that have left its process group."""
    for path in Path("/proc").glob("[0-9]*/stat"):  # other systems have no such folder, and no adoption of orphans
        with contextlib.suppress(OSError):
            parent = path.read_text(errors="replace").rpartition(")")[2].split()[1]
            if int(parent) == os.getpid():
                os.kill(int(path.parent.name), signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":  # other systems reap orphans themselves
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] == "cdp", sys.argv[3:])
