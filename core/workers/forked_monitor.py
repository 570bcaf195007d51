"""The first of the monitor's processes, forked on Linux from what is to become the dashboard's.

It is forked before that imports what only pages need, and what both have imported is in memory once: 26 MB less, and
a second less of the processor's time at each start. A thread or a loop would not survive it, so it comes before any.
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
"""What `ps` and `top` call it: its command line is that of the process it was forked from."""


class ForkedMonitor:
    """A child that waits for its settings, with as much of `asyncio.subprocess.Process` as keeping it takes."""

    def __init__(self, pid: int, stdin: FileIO) -> None:
        self.pid = pid
        self.stdin = stdin
        """It ends when this does, also before it was given settings."""
        self.returncode: int | None = None
        self._handle = os.pidfd_open(pid)
        self._ended: asyncio.Future[int] | None = None

    async def wait(self) -> int:
        """Its exit code, or the negative number of the signal that ended it, once it has ended."""
        if self._ended is None:
            loop = asyncio.get_running_loop()
            self._ended = loop.create_future()
            loop.add_reader(self._handle, self._reap, loop, self._ended)
        return await asyncio.shield(self._ended)

    def kill(self) -> None:
        """End it with no chance to tidy up."""
        signal.pidfd_send_signal(self._handle, signal.SIGKILL)

    def _reap(self, loop: asyncio.AbstractEventLoop, ended: asyncio.Future[int]) -> None:
        loop.remove_reader(self._handle)
        os.close(self._handle)
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        ended.set_result(self.returncode)


def fork() -> ForkedMonitor | None:
    """Fork it; to be called while there is one thread, and before any socket or store is open.

    Returns:
        None where the system has no such thing, or has no room for another process.
    """
    if not _has_handles():
        return None
    from core.workers import __main__ as monitor  # all that it needs, so that both have it

    configure_mappers()  # the first query of each would, and writes to nearly all that the models are made of
    gc.freeze()  # looking for garbage writes to each object that is looked at
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
        _be(monitor.main, outlet)
    os.close(outlet)
    return ForkedMonitor(pid, FileIO(inlet, "wb"))


def _has_handles() -> bool:
    """Whether processes have handles here: a sandbox may refuse what Linux has."""
    try:
        os.close(os.pidfd_open(os.getpid()))
    except (AttributeError, OSError):
        return False
    return True


def _be(monitor: Callable[[], None], outlet: int) -> NoReturn:
    """Never return to where the parent goes on from."""
    code = 1
    gc.enable()
    try:
        sys.stdin = open(outlet, closefd=False)  # noqa: SIM115 - for as long as the process lives
        with suppress(OSError):  # a name is not worth a fall
            Path("/proc/self/comm").write_text(NAME, encoding="ascii")
        monitor()
        code = 0
    except BaseException:  # whatever it is, it ends this process
        logger.exception("the monitor's process ends")
    finally:
        os._exit(code)
