"""Stores the monitor's checks in batches and announces them. Holds them while the store is unavailable."""

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
from core.workers.disk_reserve import DiskReserve
from core.workers.own_folder import OwnFolder
from core.workers.spool import Spool
from core.workers.store_refusal import DISK_FULL, NO_ROOM, RESERVE_USED, SERVER_FULL

logger = logging.getLogger(__name__)

RETRY_SECONDS = 2.0  # after the store refused a batch
HELD_LIMIT = 50_000  # checks in memory if the spool's disk is unavailable too: about 25 MB
BATCH_SIZE = 500  # checks per transaction, which blocks other writers for some 50 ms
GAP_SECONDS = 0.75  # between the starts of two transactions, each of which costs as much as a dozen checks. Good
# results already arrive further apart (`monitor.GAP_SECONDS`); failures, held failures and spooled checks do not.
FULL_GAP_SECONDS = 0.05  # before a full batch; the longer gap would limit the rate to 660 checks per second
PATIENCE_SECONDS = 0.5  # a check that is not stored by then is spooled, so that a kill -9 loses no more than that
RESERVE_SECONDS = 60.0  # between two attempts to restore the disk reserve
TAKE_OVER_SECONDS = 10.0  # between two searches for spool files of dead processes that share the folder

OnFailing = Callable[[Recorded], None]
"""Called with each stored check whose website fails."""

OnSettled = Callable[[Sequence[JudgedResult]], None]
"""Called with each batch that was stored, or refused permanently."""


def _on_nothing_stored(*_told: Any) -> None:
    pass


class CheckWriter:
    """Stores results in order of arrival, and holds them while the store is unavailable. One per monitor."""

    def __init__(
        self,
        folder: Path,
        confirmation: Confirmation = CONFIRMATION,
        on_failing: OnFailing = _on_nothing_stored,
        on_settled: OnSettled = _on_nothing_stored,
    ) -> None:
        """Checks that cannot be stored are spooled in *folder*, which several processes may share.

        The callbacks run on the event loop.
        """
        self._confirmation = confirmation
        self._on_failing = on_failing
        self._on_settled = on_settled
        self._own = OwnFolder(folder)
        self._spool = Spool(self._own.path)
        self._disk_reserve = DiskReserve(folder) if self._own.path == folder else None  # one reserve per shared folder
        self._held: deque[JudgedResult] = deque(maxlen=HELD_LIMIT)
        self._storing: Sequence[JudgedResult] = ()
        """The batch that is being stored, unless it is in the spool."""
        self._something_held = asyncio.Event()
        self._all_stored = asyncio.Event()
        self._all_stored.set()
        self._background = Background()
        self._began = 0.0
        self._trouble: str | None = None
        self._is_disk_away = False
        self._is_reserve_used = False
        self._doubtful = 0
        """How many of the first held checks may be stored already, because an attempt to store them failed."""
        self._is_stuck = asyncio.Event()
        """Set while checks may have waited so long that they must be spooled."""
        self._one_by_one = 0
        """How many of the next checks get a transaction each."""

    @property
    def trouble(self) -> str | None:
        """What is wrong with the store or its disk, in sentences; None if nothing is."""
        if self._trouble and self._is_disk_away:
            return f"{self._trouble} {NO_ROOM.format(limit=HELD_LIMIT)}"
        return self._trouble or (RESERVE_USED if self._is_reserve_used else None)

    def start(self) -> None:
        """Start storing, first the checks in the spool; returns at once."""
        self._is_reserve_used = self._disk_reserve is not None and self._disk_reserve.is_used
        if not self._spool.is_empty:
            self._continue_with_file()
        self._background.keep_running(self._store_results, "check writer")
        self._background.keep_running(self._spool_waiting, "check writer: spool")
        self._background.keep_running(self._take_over, "check writer: spools of others")
        self._background.keep_running(self._keep_reserve, "check writer: disk reserve")

    async def stop(self) -> None:
        """Store the held checks if the store accepts them, else spool them, then stop."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_stored.wait(), RETRY_SECONDS)
        await self._background.stop()
        await self._spool_held()
        self._own.close()

    def keep(self, judged: JudgedResult) -> None:
        """Queue a result for storing; call on the event loop, returns at once."""
        if len(self._held) == HELD_LIMIT:
            logger.error(
                "the database is unavailable for too long; the oldest check is lost", extra={"held": HELD_LIMIT}
            )
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
        """Return how long the next transaction waits. A full batch waits only long enough to let other writers in."""
        if not self._spool.is_empty or len(self._held) >= BATCH_SIZE:
            return FULL_GAP_SECONDS
        return max(self._began + GAP_SECONDS - monotonic(), 0)

    async def _store_spooled(self) -> bool:
        try:
            batch = await on_thread(self._spool.oldest, 1 if self._one_by_one else BATCH_SIZE)
        except OSError as error:
            logger.warning("spooled checks cannot be read", extra={"reason": str(error)})
            return bool(self._held) and await self._store_held()  # newer checks must not wait for the spool
        is_stored = await self._store(batch)
        if is_stored:
            await on_thread(self._spool.forget_oldest)
        return is_stored

    async def _store_held(self) -> bool:
        size = 1 if self._one_by_one else BATCH_SIZE
        self._storing = [self._held.popleft() for _ in range(min(len(self._held), size))]
        is_stored = False
        try:
            is_stored = await self._store(self._storing, is_new=not self._doubtful)
            if is_stored and self._storing:  # otherwise the batch was spooled meanwhile
                self._doubtful = max(self._doubtful - size, 0)
        finally:
            if not is_stored:  # refused, or cancelled and perhaps stored: duplicates are skipped later
                self._put_back(self._storing)
            self._storing = ()
        return is_stored

    def _put_back(self, batch: Sequence[JudgedResult]) -> None:
        room = HELD_LIMIT - len(self._held)  # new checks may have filled the queue; the oldest are lost then
        self._held.extendleft(reversed(batch[max(len(batch) - room, 0) :]))
        self._doubtful = max(self._doubtful, len(batch))

    async def _store(self, batch: Sequence[JudgedResult], *, is_new: bool = False) -> bool:
        """Store checks and announce them; returns False if the store refused them for now.

        Args:
            is_new: Whether none of them can be stored already.
        """
        recorded: Sequence[Recorded] = ()
        try:
            recorded = await self._record(batch, is_new)
            self._end_trouble()
        except Exception as error:  # noqa: BLE001 - `_gives_up` tells an unavailable store from a bug, and logs both
            if not self._gives_up(batch, error):
                return False
        self._one_by_one = max(self._one_by_one - 1, 0)
        for fact in recorded:
            self._announce(fact)
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
        """Return whether to drop *batch* after *error*, because it is a single check that can never be stored."""
        if not store_refusal.is_for_good(error):
            self._on_refusal(error)
            return False
        if len(batch) > 1:
            self._one_by_one = len(batch)  # find the check that cannot be stored, and store the others
            return False
        logger.error("a check cannot be stored", extra={"website_id": batch[0].website_id}, exc_info=error)
        return True

    def _on_refusal(self, error: Exception) -> None:
        trouble = store_refusal.why(error)
        if trouble != self._trouble:  # log once: this is tried every two seconds
            logger.warning("checks cannot be stored for now", extra={"reason": str(error)})
        self._trouble = trouble
        self._is_stuck.set()
        if self._can_free_room():
            logger.error("the disk is full; the disk reserve was freed")
            self._is_reserve_used = True

    def _end_trouble(self) -> None:
        if self._trouble is not None:
            logger.warning("checks are stored again")
        self._trouble = None

    def _can_free_room(self) -> bool:
        if self._disk_reserve is None:
            return False
        if self._trouble == SERVER_FULL:  # PostgreSQL may be on this machine's disk
            return self._disk_reserve.make_room()
        return self._trouble == DISK_FULL and self._disk_reserve.free()

    async def _spool_waiting(self) -> None:
        """Repeatedly spool checks that have waited too long."""
        while True:
            await self._is_stuck.wait()
            is_slow = bool(self._storing) and monotonic() - self._began > PATIENCE_SECONDS
            if self._trouble or is_slow or not self._spool.is_empty:
                await self._spool_held()
            elif not self._storing:
                self._is_stuck.clear()
            await asyncio.sleep(PATIENCE_SECONDS / 2)

    async def _spool_held(self) -> None:
        """Spool all held checks, and a copy of the batch that is being stored, because that may fail."""
        waiting = [*self._storing, *self._held]
        if not waiting:
            return
        self._storing = ()
        self._held.clear()
        try:
            await on_thread(self._spool.add, waiting)
        except OSError as error:
            if not self._is_disk_away:  # log once: this is tried four times a second
                logger.warning("checks cannot be spooled", extra={"reason": str(error)})
            self._is_disk_away = True
            self._put_back(waiting)
            return
        self._is_disk_away = False
        self._something_held.set()

    def _continue_with_file(self) -> None:
        self._all_stored.clear()
        self._something_held.set()
        self._is_stuck.set()

    async def _take_over(self) -> None:
        """Repeatedly move spooled checks of dead processes into our spool."""
        while True:
            try:
                await on_thread(self._spool.take_over, self._own.left())
            except OSError as error:  # no room: the checks stay in the other file
                logger.warning("spooled checks of another process cannot be taken over", extra={"reason": str(error)})
            if not self._spool.is_empty:
                self._continue_with_file()
            await asyncio.sleep(TAKE_OVER_SECONDS)

    async def _keep_reserve(self) -> None:
        while self._disk_reserve is not None:
            if self._trouble is None:
                is_there = await on_thread(self._disk_reserve.make)
                if is_there and self._trouble is None:  # otherwise it was freed meanwhile
                    self._is_reserve_used = False
            await asyncio.sleep(RESERVE_SECONDS)

    def _announce(self, recorded: Recorded) -> None:
        website_id, window_id = recorded.website_id, recorded.window_id
        if recorded.is_failing:
            self._on_failing(recorded)
        signals.check_recorded.send(
            signals.CheckRecorded(website_id=website_id, check_id=recorded.check_id, is_up=recorded.is_up)
        )
        if window_id is not None:
            signals.window_changed.send(signals.WindowChanged(website_id=website_id, window_id=window_id))


def _record(batch: Sequence[JudgedResult], confirmation: Confirmation, is_new: bool) -> list[Recorded]:
    with session_scope(immediate=True) as db:  # reads, then writes: no other writer may come between
        release_when_stalled(db)
        store_place.require_same_file(db)
        # In a fleet, two workers may get the same slot.
        is_once = is_new and all(judged.due_at is None for judged in batch)
        return (record if is_once else record_once)(db, batch, confirmation)
