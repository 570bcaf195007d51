"""Forks the first monitor process, on Linux, from the process that becomes the dashboard.

The fork happens before the dashboard imports modules for pages, so that both share the memory of common imports. That
saves 26 MB and a second of CPU time per start. Threads and event loops do not survive a fork, so it comes before them.
"""

import asyncio
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import NoReturn

from sqlalchemy.orm import configure_mappers

logger = logging.getLogger(__name__)

NAME = "ww-monitor"
"""The name in `ps` and `top`; the command line is that of the parent."""


class ForkedMonitor:
    """A child process that waits for its settings, with the needed part of `asyncio.subprocess.Process`."""

    def __init__(self, pid: int, stdin: FileIO) -> None:
        self.pid = pid
        self.stdin = stdin
        """The child ends when this closes, even before it has received settings."""
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)
        self._ended: asyncio.Future[int] | None = None

    async def wait(self) -> int:
        """Wait for the end of the child; return its exit code, or the negative signal number."""
        if self._ended is None:
            loop = asyncio.get_running_loop()
            self._ended = loop.create_future()
            loop.add_reader(self._handle, self._reap, loop, self._ended)
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        """Kill the child with SIGKILL."""
        signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _reap(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[int]) -> None:
        loop.remove_reader(self._handle)
        os.close(self._handle)
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        ended.set_result(self.returncode)


def fork() -> ForkedMonitor | None:
    """Fork the monitor's process. Call this with a single thread, before any socket or store is open.

    Returns:
        None if the system cannot fork with process handles, or has no capacity for another process.
    """
    if not _has_handles():
        return None
    from core.workers import __main__ as monitor  # imported before the fork, so that both share it

    configure_mappers()  # the first query would do this and write to nearly all objects of the models
    gc.freeze()  # a garbage collection writes to every object it examines
    outlet, inlet = os.pipe()
    try:
        pid = os.fork()
    except OSError as error:
        logger.warning("the monitor's process cannot be forked", extra={"reason": str(error)})
        os.close(outlet)
        os.close(inlet)
        return None
    if pid == 0:
        os.close(inlet)
        _run_child(monitor.main, outlet)
    os.close(outlet)
    return ForkedMonitor(pid, FileIO(inlet, "wb"))


def _has_handles() -> bool:
    """Return whether pidfd works here; a sandbox may forbid it."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def _run_child(monitor: Callable[[], None], outlet: int) -> NoReturn:
    """Run the monitor in the child, and exit without returning to the parent's code."""
    code = 1
    gc.enable()
    try:
        sys.stdin = open(outlet, closefd=False)  # noqa: SIM115 - for as long as the process lives
        with suppress(OSError):  # the name is optional
            Path("/proc/self/comm").write_text(NAME, encoding="ascii")
        monitor()
        code = 0
    except BaseException:  # log any error, because os._exit skips the usual traceback
        logger.exception("the monitor's process crashed")
    finally:
        os._exit(code)
