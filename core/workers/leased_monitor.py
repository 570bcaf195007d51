"""Runs this process's monitor while it holds the store's lease, and stands by otherwise."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from secrets import token_hex
from typing import Protocol

from sqlalchemy.exc import SQLAlchemyError

from core import signals, tracing
from core.background import Background
from core.errors import WatchwrightError
from core.workers.lease import Lease

logger = logging.getLogger(__name__)

STAND_BY_SECONDS = 1.0  # between two attempts to take the lease
GIVE_WAY_SECONDS = 5.0  # after the store is back, so that the previous holder, polling every HELD_SECONDS, is first
HELD_SECONDS = 2.0  # between two checks that we still hold the lease
REPORT_SECONDS = 2.0  # between two reports to other processes


class Writer(Protocol):
    """A check writer, as far as this module uses it."""

    @property
    def trouble(self) -> str | None: ...
    def start(self) -> None: ...
    async def stop(self) -> None: ...


class RunningMonitor(Protocol):
    """A monitor, as far as this module uses it."""

    @property
    def trouble(self) -> str | None: ...
    @property
    def is_cut_off(self) -> bool: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def check_now(self, website_id: int) -> None: ...


async def _ours(_request: signals.CheckRequested) -> bool:
    return True


class LeasedMonitor:
    """Starts a monitor when the lease is free, and stops it when the lease is lost."""

    def __init__(
        self,
        lease: Lease,
        make_monitor: Callable[[], RunningMonitor],
        name: str | None = None,
        *,
        claim: Callable[[signals.CheckRequested], Awaitable[bool]] = _ours,
        make_writer: Callable[[], Writer] | None = None,
    ) -> None:
        """*name* identifies this monitor in its reports and must be unique.

        *claim* returns whether this monitor should make a requested check. *make_writer* creates the writer that,
        during standby, stores the checks that this process still holds.
        """
        self._lease = lease
        self._make_monitor = make_monitor
        self._name = name or token_hex(8)
        self._claim = claim
        self._make_writer = make_writer
        self._monitor: RunningMonitor | None = None
        self._writer: Writer | None = None
        """Exists only while the monitor does not, because both would use the same spool file."""
        self._background = Background()

    async def start(self) -> None:
        """Start; returns once the monitor runs, or at once if another process holds the lease."""
        await self._take_over()
        self._background.subscribe(signals.check_requested, self._on_request)
        self._background.keep_running(self._serve, "leased monitor")
        self._background.keep_running(self._report, "leased monitor: reports")

    async def stop(self) -> None:
        """Stop the monitor, which stores its checks, and release the lease."""
        await self._background.stop()
        await self._stop_monitor()
        await self._stop_writer()
        self._send_report(is_ending=True)

    async def _serve(self) -> None:
        while self._monitor is None or self._lease.can_be_lost:
            if self._monitor is None:
                await asyncio.sleep(STAND_BY_SECONDS)
                if await self._take_over() is None:
                    await self._give_way()
            else:
                await asyncio.sleep(HELD_SECONDS)
                await self._look_after_lease(self._monitor)

    async def _give_way(self) -> None:
        """Wait after an outage of the store: the previous holder should take the lease and store its older checks."""
        is_back = False
        while not is_back:
            await asyncio.sleep(STAND_BY_SECONDS)
            is_back = await asyncio.to_thread(self._lease.can_be_asked)
        await asyncio.sleep(GIVE_WAY_SECONDS)

    async def _look_after_lease(self, monitor: RunningMonitor) -> None:
        """Stop the monitor if the lease is lost, or if the store is unreachable and our own network is down."""
        is_held = await asyncio.to_thread(self._lease.is_held)
        if is_held is False or (is_held is None and monitor.is_cut_off):
            logger.warning("the lease on the database was lost; standing by")
            await self._stop_monitor()
            self._start_writer()

    async def _take_over(self) -> bool | None:
        """Take the lease and start the monitor if possible; returns what `Lease.take` returns."""
        is_ours = await asyncio.to_thread(self._lease.take)
        if not is_ours:
            self._start_writer()
            return is_ours
        await self._stop_writer()
        monitor = self._make_monitor()
        await monitor.start()
        self._monitor = monitor
        self._send_report()
        return True

    async def _stop_monitor(self) -> None:
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            await monitor.stop()
        await asyncio.to_thread(self._lease.release)

    def _start_writer(self) -> None:
        if self._writer is None and self._make_writer is not None:
            self._writer = self._make_writer()
            self._writer.start()

    async def _stop_writer(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            await writer.stop()

    async def _report(self) -> None:
        while True:
            self._send_report()
            await asyncio.sleep(REPORT_SECONDS)

    def _send_report(self, *, is_ending: bool = False) -> None:
        report = signals.MonitorReported(
            monitor=self._name,
            is_checking=self._monitor is not None,
            trouble=self._monitor.trouble if self._monitor else None,
            is_ending=is_ending,
            spans_lost=tracing.lost(),
        )
        signals.monitor_reported.send(report)

    def _on_request(self, fact: signals.CheckRequested) -> None:
        if self._monitor is not None:
            self._background.run(self._answer(self._monitor, fact), f"check {fact.website_id} as asked")

    async def _answer(self, monitor: RunningMonitor, fact: signals.CheckRequested) -> None:
        try:
            if not await self._claim(fact):
                return  # another monitor makes the check and answers
            await monitor.check_now(fact.website_id)
        except (WatchwrightError, SQLAlchemyError) as error:  # the website was deleted, or the store is unavailable
            logger.info("a requested check was not made", extra={"reason": str(error)})
        signals.check_answered.send(signals.CheckAnswered(request=fact.request))
