"""Keeps what the monitor found: the one way in which a check gets stored, and told of once it is."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from core import signals, store_place, tracing
from core.background import Background
from core.database import on_thread, release_when_stalled, session_scope
from core.monitoring.downtime import CONFIRMATION, Confirmation
from core.monitoring.judged_result import JudgedResult, Recorded
from core.monitoring.record import record, record_once
from core.workers import store_refusal
from core.workers.ballast import Ballast
from core.workers.own_folder import OwnFolder
from core.workers.spool import Spool
from core.workers.store_refusal import DISK_FULL, NO_ROOM, RESERVE_USED, SERVER_FULL

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0  # how soon a check is stored again after the store refused it
HELD_LIMIT = 50_000  # checks kept in memory where even the disk is away: about 25 MB
BATCH = 500  # checks of a transaction: some 50 ms, in which no other can write
GAP_SECONDS = 0.75  # from one transaction's start to the next one's: each costs as much as a dozen checks. Good results
# come further apart as it is (`monitor.GAP_SECONDS`); failures, what was in doubt and what a file held do not.
BREATH_SECONDS = 0.05  # between transactions of which the next is full: else no more than 660 checks a second get in
PATIENCE_SECONDS = 0.5  # a check that is not stored by then goes into a file: a kill -9 must not lose more
ROOM_SECONDS = 60.0  # how often is looked whether there is room again for a ballast
TAKE_OVER_SECONDS = 10.0  # how often is looked whether another one, which shares the folder, died and left something

OnFailing = Callable[[Recorded], None]
"""Told of a check that found its website failing."""

OnSettled = Callable[[Sequence[JudgedResult]], None]
"""Told of results with which the store is done: stored, or refused for good."""


def _nobody(*_told: Any) -> None:
    pass


class Keeper:
    """Stores results in the order in which they come, holds them while the store is away; one per monitor."""

    def __init__(
        self,
        folder: Path,
        confirmation: Confirmation = CONFIRMATION,
        on_failing: OnFailing = _nobody,
        on_settled: OnSettled = _nobody,
    ) -> None:
        """What the store does not take is held in *folder*, which several may share.

        *on_failing* is called on the event loop for each stored check that finds its website failing, *on_settled*
        for each batch.
        """
        self._confirmation = confirmation
        self._on_failing = on_failing
        self._on_settled = on_settled
        self._own = OwnFolder(folder)
        self._spool = Spool(self._own.path)
        self._ballast = Ballast(folder) if self._own.path == folder else None  # one for all who share it
        self._held: deque[JudgedResult] = deque(maxlen=HELD_LIMIT)
        self._storing: Sequence[JudgedResult] = ()
        """What is being stored, as far as it is in memory alone."""
        self._something_held = asyncio.Event()
        self._all_stored = asyncio.Event()
        self._all_stored.set()
        self._background = Background()
        self._began = 0.0
        self._trouble: str | None = None
        self._is_disk_away = False
        self._is_reserve_used = False
        self._doubtful = 0
        """How many of the first of what is held may be stored already: an attempt to store them did not end well."""
        self._is_stuck = asyncio.Event()
        """Set while something may wait for so long that it belongs into the file."""
        self._one_by_one = 0
        """How many of the next checks go into a transaction each."""

    @property
    def trouble(self) -> str | None:
        """What is wrong with the store or its disk, in sentences; None when all is well."""
        if self._trouble and self._is_disk_away:
            return f"{self._trouble} {NO_ROOM.format(limit=HELD_LIMIT)}"
        return self._trouble or (RESERVE_USED if self._is_reserve_used else None)

    def start(self) -> None:
        """Begin to store, first what was held when we ended last; returns at once."""
        self._is_reserve_used = self._ballast is not None and self._ballast.is_used
        if not self._spool.is_empty:
            self._go_on_with_file()
        self._background.keep(self._store_results, "keeper")
        self._background.keep(self._spool_what_waits, "keeper: file")
        self._background.keep(self._take_over, "keeper: files of others")
        self._background.keep(self._keep_room, "keeper: room")

    async def stop(self) -> None:
        """Store what is still held, as far as the store lets us, the rest in a file, then end."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_stored.wait(), RETRY_SECONDS)
        await self._background.stop()
        await self._spool_held()
        self._own.close()

    def keep(self, judged: JudgedResult) -> None:
        """Take a result to be stored soon; called on the event loop, returns at once."""
        if len(self._held) == HELD_LIMIT:
            logger.error("the store is away for too long; the oldest check is lost", extra={"held": HELD_LIMIT})
        self._held.append(judged)
        self._all_stored.clear()
        self._something_held.set()

    async def _store_results(self) -> None:
        while True:
            await self._something_held.wait()
            self._something_held.clear()
            while self._held or not self._spool.is_empty:
                if not self._one_by_one:
                    await asyncio.sleep(self._gap_seconds())
                self._began = monotonic()
                is_stored = await (self._store_held() if self._spool.is_empty else self._store_spooled())
                if not is_stored:
                    await asyncio.sleep(RETRY_SECONDS)
            self._all_stored.set()

    def _gap_seconds(self) -> float:
        """How long the next transaction is to wait; a whole one only for as long as others need to get in."""
        if not self._spool.is_empty or len(self._held) >= BATCH:
            return BREATH_SECONDS
        return max(self._began + GAP_SECONDS - monotonic(), 0)

    async def _store_spooled(self) -> bool:
        try:
            batch = await on_thread(self._spool.oldest, 1 if self._one_by_one else BATCH)
        except OSError as error:
            logger.warning("held checks cannot be read", extra={"reason": str(error)})
            return bool(self._held) and await self._store_held()  # newer ones must not wait for them
        is_stored = await self._store(batch)
        if is_stored:
            await on_thread(self._spool.forget_oldest)
        return is_stored

    async def _store_held(self) -> bool:
        size = 1 if self._one_by_one else BATCH
        self._storing = [self._held.popleft() for _ in range(min(len(self._held), size))]
        is_stored = False
        try:
            is_stored = await self._store(self._storing, is_new=not self._doubtful)
            if is_stored and self._storing:  # else copies of them were put back meanwhile
                self._doubtful = max(self._doubtful - size, 0)
        finally:
            if not is_stored:  # or cancelled, and perhaps stored: what comes again is stored once
                self._put_back(self._storing)
            self._storing = ()
        return is_stored

    def _put_back(self, batch: Sequence[JudgedResult]) -> None:
        room = HELD_LIMIT - len(self._held)  # what came meanwhile may have filled it: the oldest are lost
        self._held.extendleft(reversed(batch[max(len(batch) - room, 0) :]))
        self._doubtful = max(self._doubtful, len(batch))

    async def _store(self, batch: Sequence[JudgedResult], *, is_new: bool = False) -> bool:
        """Store checks and tell of them; False when the store would not have them now.

        Args:
            is_new: That none of them can be stored already.
        """
        recorded: Sequence[Recorded] = ()
        try:
            recorded = await self._record(batch, is_new)
            self._trouble = None
        except Exception as error:  # noqa: BLE001 - `_gives_up` tells a store that is away from a mistake, and logs both
            if not self._gives_up(batch, error):
                return False
        self._one_by_one = max(self._one_by_one - 1, 0)
        for fact in recorded:
            self._tell(fact)
        self._on_settled(batch)
        return True

    async def _record(self, batch: Sequence[JudgedResult], is_new: bool) -> list[Recorded]:
        alarm = asyncio.get_running_loop().call_later(PATIENCE_SECONDS, self._is_stuck.set)
        try:
            with tracing.span("store checks", {"watchwright.checks": len(batch)}):
                return await on_thread(_record, batch, self._confirmation, is_new)
        finally:
            alarm.cancel()

    def _gives_up(self, batch: Sequence[JudgedResult], error: Exception) -> bool:
        """Whether *batch*, refused with *error*, is not to be stored again: it is one check that never can be."""
        if not store_refusal.is_for_good(error):
            logger.warning("checks could not be stored yet", extra={"reason": str(error), "held": len(self._held)})
            self._on_refusal(error)
            return False
        if len(batch) > 1:
            self._one_by_one = len(batch)  # so that one that cannot be stored does not keep the others from being
            return False
        logger.error("a check cannot be stored", extra={"website_id": batch[0].website_id}, exc_info=error)
        return True

    def _on_refusal(self, error: Exception) -> None:
        self._trouble = store_refusal.why(error)
        self._is_stuck.set()
        if self._frees_room():
            logger.error("the disk is full; the room kept for that is used now")
            self._is_reserve_used = True

    def _frees_room(self) -> bool:
        if self._ballast is None:
            return False
        if self._trouble == SERVER_FULL:  # perhaps on this machine's disk
            return self._ballast.make_room()
        return self._trouble == DISK_FULL and self._ballast.give_up()

    async def _spool_what_waits(self) -> None:
        """Put into the file what has waited for too long, every now and then."""
        while True:
            await self._is_stuck.wait()
            is_slow = bool(self._storing) and monotonic() - self._began > PATIENCE_SECONDS
            if self._trouble or is_slow or not self._spool.is_empty:
                await self._spool_held()
            elif not self._storing:
                self._is_stuck.clear()
            await asyncio.sleep(PATIENCE_SECONDS / 2)

    async def _spool_held(self) -> None:
        """Move into the file what is held in memory, and copy what is being stored: it may not get there."""
        waiting = [*self._storing, *self._held]
        if not waiting:
            return
        self._storing = ()
        self._held.clear()
        try:
            await on_thread(self._spool.add, waiting)
        except OSError as error:
            if not self._is_disk_away:  # it is tried four times a second
                logger.warning("checks cannot be held in a file", extra={"reason": str(error)})
            self._is_disk_away = True
            self._put_back(waiting)
            return
        self._is_disk_away = False
        self._something_held.set()

    def _go_on_with_file(self) -> None:
        self._all_stored.clear()
        self._something_held.set()
        self._is_stuck.set()

    async def _take_over(self) -> None:
        """Have in our file what others left in theirs that are gone, every now and then."""
        while True:
            try:
                await on_thread(self._spool.take_over, self._own.left())
            except OSError as error:  # there is no room: it stays where it is
                logger.warning("what others held cannot be taken over", extra={"reason": str(error)})
            if not self._spool.is_empty:
                self._go_on_with_file()
            await asyncio.sleep(TAKE_OVER_SECONDS)

    async def _keep_room(self) -> None:
        while self._ballast is not None:
            if self._trouble is None:
                is_there = await on_thread(self._ballast.make)
                if is_there and self._trouble is None:  # else it was given up while we looked
                    self._is_reserve_used = False
            await asyncio.sleep(ROOM_SECONDS)

    def _tell(self, recorded: Recorded) -> None:
        website_id, window_id = recorded.website_id, recorded.window_id
        if recorded.is_failing:
            self._on_failing(recorded)
        signals.check_recorded.send(
            signals.CheckRecorded(website_id=website_id, check_id=recorded.check_id, is_up=recorded.is_up)
        )
        if window_id is not None:
            signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))


def _record(batch: Sequence[JudgedResult], confirmation: Confirmation, is_new: bool) -> list[Recorded]:
    with session_scope(immediate=True) as db:  # it reads and then writes: another writer must not come between
        release_when_stalled(db)
        store_place.require_same_file(db)
        # Workers of a fleet may be given one slot twice.
        is_once = is_new and all(judged.due_at is None for judged in batch)
        return (record if is_once else record_once)(db, batch, confirmation)
