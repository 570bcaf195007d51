"""Which website this worker is to check next, where several share them: its part of what the store's schedule says.

Twice a second every worker claims what is due, for all, and puts it into the job queue in the same transaction, so that
what a worker took and did not hand on, because it died, is due still. Whoever gets a job of up to a hundred slots is
done with it once the checks are stored.
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

TURN_SECONDS = 0.5  # from one claim to the next
CLAIMED_AT_ONCE = 2_000  # slots of a transaction: some 20 ms
JOBS_AT_ONCE = 40  # of a worker; websites that hang until their timeout keep theirs open for so long
CROWD = 300  # slots that wait here, with which no more jobs are taken
MOST_DEATHS = 2  # workers that died with a job: one may be killed for any reason, and another by chance
ALONE_SECONDS = 3_600.0  # that a website is not checked with whose check alone so many have died
UNFIT_SECONDS = 5.0  # for so long another worker may take what this one, without a network, would learn nothing of
NEWS_SECONDS = 10.0  # within which a worker learns of a website that another one planned
MARGIN_SECONDS = 60.0  # beyond its interval, after which nobody waits for a slot to be settled
SAY_SECONDS = 5.0  # from one sign of life of our region to the next; it is called silent after a dozen
SKEW_SECONDS = 0.5  # by which a machine's clock may differ from the store's before we go by that one

Key = tuple[int, datetime]
"""A slot's website and when it was due."""


@dataclass(slots=True)
class Turn:
    """What this worker wants of the store at its next turn."""

    to_plan: frozenset[int] = frozenset()
    """Websites that may have to be planned anew."""
    sooner: dict[int, float] = field(default_factory=dict)
    """Websites that are to be due sooner, by when on our monotonic clock."""
    sooner_everywhere: dict[int, float] = field(default_factory=dict)
    """Likewise, in all regions that check them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What came of a turn."""

    slots: int
    """How many were claimed."""
    store_now: datetime
    asked_at: float
    """When it was `store_now`, on our monotonic clock."""


class FleetAgenda:
    """As `core.workers.agenda.Agenda`, of which it takes the place; all times in seconds on the monotonic clock."""

    def __init__(self, queues: Mapping[str, JobQueue]) -> None:
        """*queues* are those of the regions in whose names this worker checks; that of the empty one, which is every
        worker's, is of the websites that name none.
        """
        self._queues = queues
        self._said_at = float("-inf")
        self.is_fit: Callable[[], bool] = lambda: True
        """Whether what this worker finds says anything; the monitor tells."""
        self.on_news: Callable[[], None] = lambda: None
        self.on_given_up: Callable[[int, datetime], None] = lambda _website_id, _slot: None
        self._intervals: dict[int, float] = {}
        self._waiting: deque[Plan] = deque()
        self._unknown: list[Plan] = []
        """Slots of websites of which this worker has not heard yet."""
        self._open: dict[Key, asyncio.Future[None]] = {}
        self._turn = Turn()
        self._wake = asyncio.Event()
        self._gap_seconds = 1 / STARTS_PER_SECOND
        self._free_at = float("-inf")
        self._store_ahead = 0.0
        """What is to be added to the monotonic clock to have the store's, in seconds since 1970."""
        self._is_timed = asyncio.Event()
        """Set once we know that."""
        self._background = Background()

    @property
    def trouble(self) -> str | None:
        return next((queue.trouble for queue in self._queues.values() if queue.trouble), None)

    async def start(self) -> None:
        """Begin to claim, and to take jobs, as soon as it is told of the websites; returns at once."""
        self._background.run(self._begin(), "fleet agenda")

    async def stop(self) -> None:
        """Leave what is not settled to other workers."""
        await self._background.stop()
        await asyncio.gather(*(queue.stop() for queue in self._queues.values()))

    def __iter__(self) -> Iterator[int]:
        return iter(self._intervals)

    def get(self, website_id: int) -> Plan | None:
        """The plan of a website, which is due when the store says; None where it has none."""
        interval_seconds = self._intervals.get(website_id)
        if interval_seconds is None:
            return None
        return Plan(website_id=website_id, interval_seconds=interval_seconds, due_at=float("inf"))

    def set(self, plans: Iterable[Plan]) -> None:
        """These websites are checked and no others; the store says when."""
        before, self._intervals = self._intervals, {plan.website_id: plan.interval_seconds for plan in plans}
        self._turn.to_plan |= {website_id for website_id, _interval in before.items() ^ self._intervals.items()}
        self._wake.set()

    def put(self, plan: Plan) -> None:
        """Have a website due sooner; one that is to be checked at once, this worker checks itself, out of turn."""
        if plan.due_at <= monotonic():
            self._waiting.appendleft(plan)
            self.on_news()
        else:
            wanted = self._turn.sooner_everywhere if plan.is_everywhere else self._turn.sooner
            wanted[plan.website_id] = plan.due_at

    def take(self, now: float) -> Plan | None:
        """What is to be checked now, if anything is."""
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
        """How long there is nothing to check, as far as is known at *now*."""
        return max(self._free_at - now, 0.0) if self._waiting else float("inf")

    def settle(self, website_id: int, slot: datetime | None) -> None:
        """The check of a slot was stored, or there is none to be made."""
        if slot is not None and (waited_for := self._open.pop((website_id, slot), None)) is not None:
            waited_for.set_result(None)

    def settle_all(self, results: Iterable[JudgedResult]) -> None:
        """`settle` for each result that the check writer is done with."""
        for judged in results:
            self.settle(judged.website_id, judged.due_at)

    def _set_aside(self, plan: Plan, now: float) -> None:
        if plan.slot is not None and now - plan.due_at > NEWS_SECONDS:
            self._pass_over(plan, "its website was paused or deleted")
        elif plan.slot is not None:
            self._unknown.append(plan)

    def _pass_over(self, plan: Plan, reason: str) -> None:
        logger.info("a check is left out", extra={"website_id": plan.website_id, "reason": reason})
        self.settle(plan.website_id, plan.slot)

    async def _do(self, region: str, job: bytes, deaths: int = 0, /) -> bool:
        """Take a job's slots; returns once each was settled, or False at once where another should have it."""
        await self._is_timed.wait()
        slots = slots_of(job)
        if deaths >= MOST_DEATHS:
            return await self._suspect(region, slots)
        now = monotonic()
        late_seconds = now - min((self._due_at(slot) for slot in slots), default=now)
        if len(self._waiting) > CROWD or (late_seconds < UNFIT_SECONDS and not self.is_fit()):
            return False
        waited_for = [self._take_in(slot) for slot in slots]
        self._gap_seconds = 1 / max(STARTS_PER_SECOND, len(self._waiting) / TURN_SECONDS)
        longest = max((slot.interval_seconds for slot in slots), default=0) + MARGIN_SECONDS
        if waited_for and (await asyncio.wait(waited_for, timeout=longest))[1]:
            logger.warning("a job is given up that should be done long ago", extra={"slots": len(slots)})
        return True

    async def _suspect(self, region: str, slots: Sequence[Slot]) -> bool:
        """Do a job with which workers die slot by slot; the website alone with which they still do is left alone."""
        try:
            if len(slots) > 1:
                await in_session(lambda db: self._queues[region].put(db, [as_job([slot]) for slot in slots]))
                return True
            await in_session(check_schedule.leave_alone, slots[0].website_id, region, ALONE_SECONDS)
        except (SQLAlchemyError, StoreError) as error:
            logger.warning("cannot part a job with which workers die; trying again", extra={"reason": str(error)})
            return False
        logger.error("whoever checks a website dies; it is left alone", extra={"website_id": slots[0].website_id})
        self.on_given_up(slots[0].website_id, slots[0].due_at)
        return True

    def _take_in(self, slot: Slot) -> asyncio.Future[None]:
        """What ends when the slot is settled; one that is under way here already is not begun again."""
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
        await self._wake.wait()  # who knows no website yet would keep those who do from checking them
        for region, queue in self._queues.items():
            await queue.start(partial(self._do, region), at_once=JOBS_AT_ONCE)
        self._background.keep_running(self._take_turns, "fleet agenda: turns")

    async def _take_turns(self) -> None:
        while True:
            await until_set(self._wake, TURN_SECONDS)
            await self._take_turn()
            await self._say_that_we_check()

    async def _say_that_we_check(self) -> None:
        """Let the store know every now and then that there is a worker of our region, and that it can look."""
        if monotonic() - self._said_at < SAY_SECONDS or not self.is_fit():
            return
        self._said_at = monotonic()
        with suppress(SQLAlchemyError, StoreError):  # it is away: then nobody is heard
            for region in filter(None, self._queues):
                await in_session(regions.record_heartbeat, region)

    async def _take_turn(self) -> None:
        self._wake.clear()
        if self._unknown:
            self._waiting.extend(self._unknown)  # in case we have heard of their websites since
            self._unknown.clear()
            self.on_news()
        wanted, self._turn = self._turn, Turn()
        began = monotonic()
        try:
            claimed = await in_session(self._dispatch, wanted, began)
        except (SQLAlchemyError, StoreError) as error:
            logger.warning("cannot learn what is due; trying again", extra={"reason": str(error)})
            self._turn.to_plan |= wanted.to_plan
            self._turn.sooner = wanted.sooner | self._turn.sooner
            self._turn.sooner_everywhere = wanted.sooner_everywhere | self._turn.sooner_everywhere
            return
        self._go_by(claimed.store_now, claimed.asked_at)
        if claimed.slots == CLAIMED_AT_ONCE:
            self._wake.set()  # there is more

    def _dispatch(self, db: Session, wanted: Turn, began: float) -> Claimed:
        """One transaction of a turn, which began then on our monotonic clock."""
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

    def _go_by(self, store_now: datetime, asked_at: float) -> None:
        self._store_ahead = store_now.timestamp() - asked_at
        self._is_timed.set()
        now = store_now + timedelta(seconds=monotonic() - asked_at)
        if abs((now - clock.utc_now()).total_seconds()) > SKEW_SECONDS:
            logger.warning("this machine's clock is not the store's; going by the store's")
            clock.set_clock(now)


def _within(sooner: Mapping[int, float], now: float) -> dict[int, float]:
    return {website_id: max(due_at - now, 0.0) for website_id, due_at in sooner.items()}
