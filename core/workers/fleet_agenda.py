"""The agenda of a worker in a fleet: its share of the websites that are due by the store's schedule.

Twice a second, every worker claims due slots for the whole fleet and enqueues them as jobs in the same transaction. If
it dies before the commit, the slots remain due. A job has up to a hundred slots, and is done once their checks are
stored.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core import clock
from core.background import Background, until_set
from core.database import in_session, release_when_stalled
from core.errors import StoreError
from core.monitoring.judged_result import JudgedResult
from core.monitoring.schedule import STARTS_PER_SECOND, Plan
from core.services import check_schedule, regions
from core.services.check_schedule import Slot
from core.workers.agenda import CATCH_UP_SECONDS
from core.workers.job_queue import JobQueue
from core.workers.slot_jobs import as_job, jobs_of, slots_of

logger = logging.getLogger(__name__)

TURN_SECONDS = 0.5  # between two claims
CLAIMED_AT_ONCE = 2_000  # slots per transaction: some 20 ms
JOBS_AT_ONCE = 40  # parallel jobs per worker; a website that hangs keeps its job open until the timeout
CROWD = 300  # waiting slots from which on this worker takes no more jobs
MAX_DEATHS = 2  # workers that died with a job; fewer may be a coincidence
SUSPENDED_SECONDS = 3_600.0  # a website whose check alone killed that many workers is not checked for this long
UNFIT_SECONDS = 5.0  # a worker without a network leaves slots to others for this long
NEWS_SECONDS = 10.0  # within this time a worker learns of a website that another one planned
MARGIN_SECONDS = 60.0  # after its interval, nobody waits any longer for a slot to be settled
HEARTBEAT_SECONDS = 5.0  # between two heartbeats of our region, which counts as silent after a dozen missing ones
SKEW_SECONDS = 0.5  # beyond this difference, the store's clock replaces this machine's clock

Key = tuple[int, datetime]
"""A slot: the website's id and the due time."""


@dataclass(slots=True)
class PendingChanges:
    """Changes that this worker sends to the store at its next turn."""

    to_plan: frozenset[int] = frozenset()
    """Websites that may need a new schedule."""
    sooner: dict[int, float] = field(default_factory=dict)
    """Websites to check sooner, with the new due time on our monotonic clock."""
    sooner_everywhere: dict[int, float] = field(default_factory=dict)
    """The same, but in all of their regions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The result of a turn."""

    slots: int
    """The number of claimed slots."""
    store_now: datetime
    asked_at: float
    """The time of `store_now` on our monotonic clock."""


class FleetAgenda:
    """Replaces `core.workers.agenda.Agenda` in a fleet. All times are seconds on the monotonic clock."""

    def __init__(self, queues: Mapping[str, JobQueue]) -> None:
        """*queues* holds the job queues by region. The empty region has the websites that name no region, and every
        worker serves it.
        """
        self._queues = queues
        self._heartbeat_at = float("-inf")
        self.is_fit: Callable[[], bool] = lambda: True
        """Returns whether this worker's results are meaningful; the monitor sets it."""
        self.on_news: Callable[[], None] = lambda: None
        self.on_given_up: Callable[[int, datetime], None] = lambda _website_id, _slot: None
        self._intervals: dict[int, float] = {}
        self._waiting: deque[Plan] = deque()
        self._unknown: list[Plan] = []
        """Slots of websites that this worker has not read yet."""
        self._open: dict[Key, asyncio.Future[None]] = {}
        self._turn = PendingChanges()
        self._wake = asyncio.Event()
        self._gap_seconds = 1 / STARTS_PER_SECOND
        self._free_at = float("-inf")
        self._store_ahead = 0.0
        """The difference between the store's clock (seconds since 1970) and our monotonic clock."""
        self._is_timed = asyncio.Event()
        """Set once the difference is known."""
        self._background = Background()

    @property
    def trouble(self) -> str | None:
        return next((queue.trouble for queue in self._queues.values() if queue.trouble), None)

    async def start(self) -> None:
        """Start claiming and taking jobs once websites are set; returns at once."""
        self._background.run(self._begin(), "fleet agenda")

    async def stop(self) -> None:
        """Stop, and leave unsettled slots to other workers."""
        await self._background.stop()
        await asyncio.gather(*(queue.stop() for queue in self._queues.values()))

    def __iter__(self) -> Iterator[int]:
        return iter(self._intervals)

    def get(self, website_id: int) -> Plan | None:
        """Return the plan of a website, whose due time only the store knows; None if it has none."""
        interval_seconds = self._intervals.get(website_id)
        if interval_seconds is None:
            return None
        return Plan(website_id=website_id, interval_seconds=interval_seconds, due_at=float("inf"))

    def set(self, plans: Iterable[Plan]) -> None:
        """Set the websites to check. The store decides when they are due."""
        before, self._intervals = self._intervals, {plan.website_id: plan.interval_seconds for plan in plans}
        self._turn.to_plan |= {website_id for website_id, _interval in before.items() ^ self._intervals.items()}
        self._wake.set()

    def put(self, plan: Plan) -> None:
        """Make a website due sooner. If it is due now, this worker checks it itself."""
        if plan.due_at <= monotonic():
            self._waiting.appendleft(plan)
            self.on_news()
        else:
            wanted = self._turn.sooner_everywhere if plan.is_everywhere else self._turn.sooner
            wanted[plan.website_id] = plan.due_at

    def take(self, now: float) -> Plan | None:
        """Return the plan to start now, or None."""
        while self._waiting and self._free_at <= now:
            plan = self._waiting.popleft()
            if plan.website_id not in self._intervals:
                self._set_aside(plan, now)
            elif plan.slot is not None and now - plan.due_at > plan.interval_seconds:
                self._pass_over(plan, "the next one is due already")
            else:
                self._free_at = max(self._free_at, now - CATCH_UP_SECONDS) + self._gap_seconds
                return plan
        return None

    def idle_seconds(self, now: float) -> float:
        """Return how long nothing is due after *now*."""
        return max(self._free_at - now, 0.0) if self._waiting else float("inf")

    def settle(self, website_id: int, slot: datetime | None) -> None:
        """Mark a slot as done: its check is stored, or none is needed."""
        if slot is not None and (waited_for := self._open.pop((website_id, slot), None)) is not None:
            waited_for.set_result(None)

    def settle_all(self, results: Iterable[JudgedResult]) -> None:
        """Settle the slots of *results*, which the check writer has stored or rejected."""
        for judged in results:
            self.settle(judged.website_id, judged.due_at)

    def _set_aside(self, plan: Plan, now: float) -> None:
        if plan.slot is not None and now - plan.due_at > NEWS_SECONDS:
            self._pass_over(plan, "its website was paused or deleted")
        elif plan.slot is not None:
            self._unknown.append(plan)

    def _pass_over(self, plan: Plan, reason: str) -> None:
        logger.info("a check is skipped", extra={"website_id": plan.website_id, "reason": reason})
        self.settle(plan.website_id, plan.slot)

    async def _do(self, region: str, job: bytes, deaths: int = 0, /) -> bool:
        """Process a job's slots; returns True once all are settled, or False at once to pass the job on."""
        await self._is_timed.wait()
        slots = slots_of(job)
        if deaths >= MAX_DEATHS:
            return await self._split_or_suspend(region, slots)
        now = monotonic()
        late_seconds = now - min((self._due_at(slot) for slot in slots), default=now)
        if len(self._waiting) > CROWD or (late_seconds < UNFIT_SECONDS and not self.is_fit()):
            return False
        waited_for = [self._queue_slot(slot) for slot in slots]
        self._gap_seconds = 1 / max(STARTS_PER_SECOND, len(self._waiting) / TURN_SECONDS)
        longest = max((slot.interval_seconds for slot in slots), default=0) + MARGIN_SECONDS
        if waited_for and (await asyncio.wait(waited_for, timeout=longest))[1]:
            logger.warning("giving up a job that is long overdue", extra={"slots": len(slots)})
        return True

    async def _split_or_suspend(self, region: str, slots: Sequence[Slot]) -> bool:
        """Split a job that kills workers into single slots; suspend a website whose single slot still does."""
        try:
            if len(slots) > 1:
                await in_session(lambda db: self._queues[region].put(db, [as_job([slot]) for slot in slots]))
                return True
            await in_session(check_schedule.suspend, slots[0].website_id, region, SUSPENDED_SECONDS)
        except (SQLAlchemyError, StoreError) as error:
            logger.warning("cannot split a job that kills workers; retrying", extra={"reason": str(error)})
            return False
        logger.error("checks of a website kill workers; suspending it", extra={"website_id": slots[0].website_id})
        self.on_given_up(slots[0].website_id, slots[0].due_at)
        return True

    def _queue_slot(self, slot: Slot) -> asyncio.Future[None]:
        """Queue a slot, unless it is queued here already; returns a future that resolves when it is settled."""
        key = (slot.website_id, slot.due_at)
        if key not in self._open:
            self._open[key] = asyncio.get_running_loop().create_future()
            self._waiting.append(
                Plan(
                    website_id=slot.website_id,
                    interval_seconds=slot.interval_seconds,
                    due_at=self._due_at(slot),
                    slot=slot.due_at,
                )
            )
            self.on_news()
        return self._open[key]

    def _due_at(self, slot: Slot) -> float:
        return slot.due_at.timestamp() - self._store_ahead

    async def _begin(self) -> None:
        await self._wake.wait()  # a worker that knows no websites yet must not take jobs from others
        for region, queue in self._queues.items():
            await queue.start(partial(self._do, region), at_once=JOBS_AT_ONCE)
        self._background.keep_running(self._take_turns, "fleet agenda: turns")

    async def _take_turns(self) -> None:
        while True:
            await until_set(self._wake, TURN_SECONDS)
            await self._take_turn()
            await self._send_heartbeat()

    async def _send_heartbeat(self) -> None:
        """Send a heartbeat for our regions, if due and if this worker's network works."""
        if monotonic() - self._heartbeat_at < HEARTBEAT_SECONDS or not self.is_fit():
            return
        self._heartbeat_at = monotonic()
        with suppress(SQLAlchemyError, StoreError):  # while the store is unavailable, no region can report
            for region in filter(None, self._queues):
                await in_session(regions.record_heartbeat, region)

    async def _take_turn(self) -> None:
        self._wake.clear()
        if self._unknown:
            self._waiting.extend(self._unknown)  # their websites may be known by now
            self._unknown.clear()
            self.on_news()
        wanted, self._turn = self._turn, PendingChanges()
        began = monotonic()
        try:
            claimed = await in_session(self._dispatch, wanted, began)
        except (SQLAlchemyError, StoreError) as error:
            logger.warning("cannot claim due websites; retrying", extra={"reason": str(error)})
            self._turn.to_plan |= wanted.to_plan
            self._turn.sooner = wanted.sooner | self._turn.sooner
            self._turn.sooner_everywhere = wanted.sooner_everywhere | self._turn.sooner_everywhere
            return
        self._follow_store_clock(claimed.store_now, claimed.asked_at)
        if claimed.slots == CLAIMED_AT_ONCE:
            self._wake.set()  # more slots are due

    def _dispatch(self, db: Session, wanted: PendingChanges, began: float) -> Claimed:
        """Run the transaction of a turn that began at *began* on our monotonic clock."""
        release_when_stalled(db)
        asked = monotonic()
        store_now = check_schedule.store_now(db)
        asked_at = (asked + monotonic()) / 2
        if wanted.to_plan:
            check_schedule.plan(db, wanted.to_plan)
        regions = tuple(self._queues)
        check_schedule.bring_forward(db, _within(wanted.sooner, began), regions)
        check_schedule.bring_forward(db, _within(wanted.sooner_everywhere, began), None)
        slots = check_schedule.claim(db, CLAIMED_AT_ONCE, regions)
        for region, queue in self._queues.items():
            queue.put(db, jobs_of([slot for slot in slots if slot.region == region]))
        return Claimed(slots=len(slots), store_now=store_now, asked_at=asked_at)

    def _follow_store_clock(self, store_now: datetime, asked_at: float) -> None:
        self._store_ahead = store_now.timestamp() - asked_at
        self._is_timed.set()
        now = store_now + timedelta(seconds=monotonic() - asked_at)
        if abs((now - clock.utc_now()).total_seconds()) > SKEW_SECONDS:
            logger.warning("this machine's clock differs from the database's; using the database's clock")
            clock.set_clock(now)


def _within(sooner: Mapping[int, float], now: float) -> dict[int, float]:
    return {website_id: max(due_at - now, 0.0) for website_id, due_at in sooner.items()}
