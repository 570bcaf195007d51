"""Runs the monitor in its own process, restarts it after a crash, and ends it with this process."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from secrets import token_hex
from time import monotonic

from sqlalchemy import make_url

from core import signals
from core.background import Background
from core.config import Settings
from core.database import store_file
from core.owned_files import path_exists
from core.workers.forked_monitor import ForkedMonitor

logger = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.5
MAX_DELAY_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a crash after this long starts a new series of delays
HANG_SECONDS = 30.0  # without a report, a process that has reported before is killed
POLL_SECONDS = 5.0
STORE_POLL_SECONDS = 1.0
END_SECONDS = 10.0  # to store held checks; then the process is killed
STORE_AWAY = (
    "The database file {file} is missing, so websites are not checked. Put it back and the monitor starts again."
)


def restart_delay(falls: int) -> float:
    """Return the seconds until a restart after *falls* crashes in a row: doubled each time, up to 30."""
    return float(min(FIRST_DELAY_SECONDS * 2 ** min(falls - 1, 10), MAX_DELAY_SECONDS))


class SignsOfLife:
    """Decides whether a process has stopped reporting. All times are on one monotonic clock.

    Time during which this process itself was frozen (a paused container, a suspended machine) does not count.
    """

    def __init__(self, now: float) -> None:
        self._heard_at: float | None = None
        self._looked_at = now

    def record_report(self, now: float) -> None:
        """Record a report."""
        self._heard_at = now

    def is_silent(self, now: float) -> bool:
        """Return whether no report has come for `HANG_SECONDS`. Call this every `POLL_SECONDS`."""
        late = now - self._looked_at - POLL_SECONDS
        self._looked_at = now
        if self._heard_at is None:
            return False
        if late > POLL_SECONDS:
            self._heard_at += late
        return now - self._heard_at > HANG_SECONDS


class MonitorProcess:
    """The process ``python -m core.workers``; the first one may be forked.

    It ends when its standard input closes, which also happens when this process is killed.
    """

    def __init__(self, settings: Settings, fell: Callable[[str], None], first: ForkedMonitor | None) -> None:
        """*fell* is called with a sentence when the process crashes. *first* is a forked process without settings."""
        self._settings = settings
        self._fell = fell
        self._first = first
        self._process: asyncio.subprocess.Process | ForkedMonitor | None = None
        self._signs = SignsOfLife(monotonic())
        self._name = ""
        self._background = Background()

    async def start(self) -> None:
        """Start; returns at once."""
        self._background.subscribe(signals.monitor_reported, self._on_report)
        self._background.keep_running(self._keep_running, "monitor process")

    async def stop(self) -> None:
        """Let the process store its checks and end; kill it if that takes too long."""
        await self._background.stop()
        process = self._process
        if process is None or process.returncode is not None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            logger.warning("the monitor's process did not end; it is killed")
            process.kill()
            await process.wait()

    async def _keep_running(self) -> None:
        falls = 0
        while True:
            await self._until_store_is_there()
            began = monotonic()
            code = await self._run()
            falls = 1 if monotonic() - began > STEADY_SECONDS else falls + 1
            delay = restart_delay(falls)
            logger.error("the monitor's process ended", extra={"code": code, "falls": falls, "again_in_s": delay})
            self._fell(
                f"The monitor's process ended by itself ({_exit_reason(code)}), so websites are not checked; "
                f"it restarts within {delay:g} s. See the log for details."
            )
            await asyncio.sleep(delay)

    async def _until_store_is_there(self) -> None:
        """Wait while the file of a SQLite store is missing, because a new process would create another one."""
        file = store_file(make_url(self._settings.store_url))
        is_told = False
        while file is not None and not path_exists(file):
            if not is_told:
                logger.error("the database's file is missing, so no monitor is started", extra={"file": str(file)})
                self._fell(STORE_AWAY.format(file=file))
                is_told = True
            await asyncio.sleep(STORE_POLL_SECONDS)

    async def _run(self) -> int:
        """Start the process, wait for its end and return its exit code."""
        self._forget()
        try:
            process = self._process = self._first or await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", "core.workers", stdin=asyncio.subprocess.PIPE, cwd=os.curdir
            )
        except OSError as error:  # no memory or no process left, which may change soon
            logger.warning("the monitor's process cannot be started", extra={"reason": str(error)})
            return -1
        self._first = None
        assert process.stdin is not None
        with suppress(BrokenPipeError):  # the process has ended, which wait() will report
            process.stdin.write(self._settings.to_line(monitor=self._name) + b"\n")
        ended = asyncio.create_task(process.wait())
        try:
            while not (await asyncio.wait([ended], timeout=POLL_SECONDS))[0]:
                if self._signs.is_silent(monotonic()):
                    logger.error("the monitor's process hangs; killing it")
                    process.kill()
            return ended.result()
        finally:
            ended.cancel()

    def _forget(self) -> None:
        self._signs, self._name = SignsOfLife(monotonic()), token_hex(8)

    def _on_report(self, report: signals.MonitorReported) -> None:
        if report.monitor == self._name:
            self._signs.record_report(monotonic())


def _exit_reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
