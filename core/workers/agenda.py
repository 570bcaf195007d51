"""Which website is to be checked next: the plans of all, by when they are due, let through no faster than is good."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from core.monitoring.judged_result import JudgedResult
from core.monitoring.schedule import STARTS_PER_SECOND, Plan, gap_seconds, next_plan, starts_per_second

CATCH_UP_SECONDS = 0.05  # so late a look at the agenda costs no start: the rate holds on average
# A process that wakes for one check pays three times what five cost together (measured), most of it for waking up.
TOGETHER = 10  # checks of one moment: they delay one another by about a millisecond
TOGETHER_SECONDS = 0.4  # what is due so soon after another is taken along with it, …
TOGETHER_SHARE = 0.02  # … but never by more of its interval


class AnyAgenda(Protocol):
    """What a monitor asks: the agenda of one that checks all websites, or of one in a fleet of workers."""

    is_fit: Callable[[], bool]
    on_news: Callable[[], None]
    """Called on the event loop when something may be due sooner than `idle_seconds` said."""
    on_given_up: Callable[[int, datetime], None]
    """Called with a website and its slot where whoever checks it dies, so that nobody does for a while."""

    @property
    def trouble(self) -> str | None: ...
    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def __iter__(self) -> Iterator[int]: ...
    def get(self, website_id: int) -> Plan | None: ...
    def set(self, plans: Iterable[Plan]) -> None: ...
    def put(self, plan: Plan) -> None: ...
    def take(self, now: float) -> Plan | None: ...
    def idle_seconds(self, now: float) -> float: ...
    def settle(self, website_id: int, slot: datetime | None) -> None: ...
    def settle_all(self, results: Iterable[JudgedResult]) -> None: ...


class Agenda:
    """All times in seconds on one monotonic clock; it shares with nobody, so nothing has to be settled."""

    trouble = None

    def __init__(self) -> None:
        self.is_fit: Callable[[], bool] = lambda: True
        self.on_news: Callable[[], None] = lambda: None
        self.on_given_up: Callable[[int, datetime], None] = lambda _website_id, _slot: None
        self._plans: dict[int, Plan] = {}
        self._queue: list[tuple[float, int]] = []
        """Due times with ids; one that is not its plan's any more is passed over."""
        self._early: set[int] = set()
        """Who is to be asked before its time."""
        self._starts_per_second = STARTS_PER_SECOND
        self._free_at = float("-inf")
        self._moment, self._taken, self._slot = float("-inf"), 0, 0.0
        """When something was taken last, how much in that moment, and when the first of that was due."""

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    def settle(self, website_id: int, slot: datetime | None) -> None:
        pass

    def settle_all(self, results: Iterable[JudgedResult]) -> None:
        pass

    def __iter__(self) -> Iterator[int]:
        return iter(self._plans)

    def get(self, website_id: int) -> Plan | None:
        """The plan of a website; None where it has none."""
        return self._plans.get(website_id)

    def set(self, plans: Iterable[Plan]) -> None:
        """Keep to these plans and no others."""
        self._plans = {plan.website_id: plan for plan in plans}
        self._queue = [(plan.due_at, plan.website_id) for plan in self._plans.values()]
        heapq.heapify(self._queue)
        self._early &= self._plans.keys()
        self._starts_per_second = starts_per_second(plan.interval_seconds for plan in self._plans.values())
        self.on_news()

    def put(self, plan: Plan) -> None:
        """Keep to *plan*, which is due sooner, in place of the website's other one."""
        self._early.add(plan.website_id)
        self._keep(plan)
        self.on_news()

    def take(self, now: float) -> Plan | None:
        """The plan that is to be followed now, if one is; it is planned on from there.

        What is due in a moment is taken along, and has its slot there from then on: the next time they are due at once.
        """
        is_along = self._moment == now and self._taken < TOGETHER
        if (self._free_at > now and not is_along) or self._next_due() > now + self._along_seconds(now):
            return None
        plan = self._plans[heapq.heappop(self._queue)[1]]
        if plan.due_at > now:
            plan = _due(plan, self._slot)
        elif self._free_at - plan.due_at > CATCH_UP_SECONDS:
            # What had to wait for others has its slot here from now on: the next time there is no crowd.
            plan = _due(plan, now)
        self._note(plan, now)
        self._keep(next_plan(plan, now=now))
        gap = gap_seconds(self._starts_per_second, len(self._early))
        self._free_at = max(self._free_at, now - CATCH_UP_SECONDS) + gap
        self._early.discard(plan.website_id)
        return plan

    def idle_seconds(self, now: float) -> float:
        """How long there is nothing to follow, as far as is known at *now*."""
        return max(self._next_due(), self._free_at) - now

    def _along_seconds(self, now: float) -> float:
        """How much too early the next plan may be taken, as another one is in this moment."""
        if self._moment != now or self._taken >= TOGETHER or self._next_due() == float("inf"):
            return 0.0
        interval_seconds = self._plans[self._queue[0][1]].interval_seconds
        return min(TOGETHER_SECONDS, TOGETHER_SHARE * interval_seconds)

    def _note(self, plan: Plan, now: float) -> None:
        if self._moment != now:
            self._moment, self._taken, self._slot = now, 0, plan.due_at
        self._taken += 1

    def _keep(self, plan: Plan) -> None:
        self._plans[plan.website_id] = plan
        heapq.heappush(self._queue, (plan.due_at, plan.website_id))

    def _next_due(self) -> float:
        while self._queue:
            due_at, website_id = self._queue[0]
            plan = self._plans.get(website_id)
            if plan is not None and plan.due_at == due_at:
                return due_at
            heapq.heappop(self._queue)
        return float("inf")


def _due(plan: Plan, due_at: float) -> Plan:
    """*plan*, but due then; `replace` takes three times as long, once a check."""
    return Plan(
        website_id=plan.website_id, interval_seconds=plan.interval_seconds, due_at=due_at, place_at=plan.place_at
    )
