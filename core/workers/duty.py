"""Who checks: this process's monitor while it holds the store's lease; until then it stands by."""

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

STAND_BY_SECONDS = 1.0  # between two looks whether the monitor that checks is gone
GIVE_WAY_SECONDS = 5.0  # once the store is back: whoever checks meanwhile looks every `HELD_SECONDS`
HELD_SECONDS = 2.0  # between two looks whether we still hold the lease
REPORT_SECONDS = 2.0  # between two signs of life


class Stores(Protocol):
    """What is asked of whoever stores what was found."""

    @property
    def trouble(self) -> str | None: ...
    def start(self) -> None: ...
    async def stop(self) -> None: ...


class Checks(Protocol):
    """What is asked of a monitor."""

    @property
    def trouble(self) -> str | None: ...
    @property
    def is_cut_off(self) -> bool: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    async def check_now(self, website_id: int) -> None: ...


async def _ours(_request: signals.CheckRequested) -> bool:
    return True


class Duty:
    """Starts a monitor when the lease can be had, and ends it when the lease is lost or this is stopped."""

    def __init__(
        self,
        lease: Lease,
        make_monitor: Callable[[], Checks],
        name: str | None = None,
        *,
        claim: Callable[[signals.CheckRequested], Awaitable[bool]] = _ours,
        make_keeper: Callable[[], Stores] | None = None,
    ) -> None:
        """*name* is what this monitor calls itself in its reports; unlike any other's.

        *claim* tells whether it is this monitor that is to make a check that was asked for. *make_keeper* makes what
        stores, while this stands by, what it held when it checked last.
        """
        self._lease = lease
        self._make_monitor = make_monitor
        self._name = name or token_hex(8)
        self._claim = claim
        self._make_keeper = make_keeper
        self._monitor: Checks | None = None
        self._keeper: Stores | None = None
        """There only while the monitor is not: both would have the same file."""
        self._background = Background()

    async def start(self) -> None:
        """Begin; returns at once where another monitor checks, else when ours does."""
        await self._take_up()
        self._background.hear(signals.check_requested, self._on_request)
        self._background.keep(self._serve, "duty")
        self._background.keep(self._report, "duty: reports")

    async def stop(self) -> None:
        """End the monitor, which stores what it holds, and let another one have the lease."""
        await self._background.stop()
        await self._lay_down()
        await self._end_keeper()
        self._say(is_ending=True)

    async def _serve(self) -> None:
        while self._monitor is None or self._lease.can_be_lost:
            if self._monitor is None:
                await asyncio.sleep(STAND_BY_SECONDS)
                if await self._take_up() is None:
                    await self._give_way()
            else:
                await asyncio.sleep(HELD_SECONDS)
                await self._look_after_lease(self._monitor)

    async def _give_way(self) -> None:
        """Leave a store that was away to whoever went on without it: what that one holds is older than our finds."""
        is_back = False
        while not is_back:
            await asyncio.sleep(STAND_BY_SECONDS)
            is_back = await asyncio.to_thread(self._lease.can_be_asked)
        await asyncio.sleep(GIVE_WAY_SECONDS)

    async def _look_after_lease(self, monitor: Checks) -> None:
        """Go on without a store that nobody can ask: it is away for all, unless it is we who are cut off."""
        is_held = await asyncio.to_thread(self._lease.is_held)
        if is_held is False or (is_held is None and monitor.is_cut_off):
            logger.warning("the lease on the store was lost; standing by")
            await self._lay_down()
            self._begin_keeping()

    async def _take_up(self) -> bool | None:
        """Check if the lease can be had; as `Lease.take`."""
        is_ours = await asyncio.to_thread(self._lease.take)
        if not is_ours:
            self._begin_keeping()
            return is_ours
        await self._end_keeper()
        monitor = self._make_monitor()
        await monitor.start()
        self._monitor = monitor
        self._say()
        return True

    async def _lay_down(self) -> None:
        monitor, self._monitor = self._monitor, None
        if monitor is not None:
            await monitor.stop()
        await asyncio.to_thread(self._lease.release)

    def _begin_keeping(self) -> None:
        if self._keeper is None and self._make_keeper is not None:
            self._keeper = self._make_keeper()
            self._keeper.start()

    async def _end_keeper(self) -> None:
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            await keeper.stop()

    async def _report(self) -> None:
        while True:
            self._say()
            await asyncio.sleep(REPORT_SECONDS)

    def _say(self, *, is_ending: bool = False) -> None:
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

    async def _answer(self, monitor: Checks, fact: signals.CheckRequested) -> None:
        try:
            if not await self._claim(fact):
                return  # another one makes it, and answers
            await monitor.check_now(fact.website_id)
        except (WatchwrightError, SQLAlchemyError) as error:  # it was deleted meanwhile, or the store is away
            logger.info("not checked as asked", extra={"reason": str(error)})
        signals.check_answered.send(signals.CheckAnswered(request=fact.request))
