"""Decides which website is checked next: a queue of plans by due time, with a limited rate of starts."""

import heapq
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Protocol

from core.monitoring.judged_result import JudgedResult
from core.monitoring.schedule import STARTS_PER_SECOND, Plan, gap_seconds, next_plan, starts_per_second

CATCH_UP_SECONDS = 0.05  # a delay up to this long does not lower the average rate of starts
# Waking the process for one check costs three times as much as five checks in one wake-up (measured).
BATCH_SIZE = 10  # checks started at the same moment; they delay one another by about a millisecond
BATCH_SECONDS = 0.4  # a check that is due this soon starts early, together with another one, …
BATCH_SHARE = 0.02  # … but never earlier than this share of its interval


class AnyAgenda(Protocol):
    """The interface for a monitor: the agenda of a single monitor, or of a worker in a fleet."""

    is_fit: Callable[[], bool]
    on_news: Callable[[], None]
    """Called on the event loop when a website may be due sooner than `idle_seconds` returned."""
    on_given_up: Callable[[int, datetime], None]
    """Called with a website and its slot when its checks kill workers, so that it is not checked for a while."""

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
    """The agenda of a single monitor. All times are seconds on one monotonic clock. `settle` has nothing to do."""

    trouble = None

    def __init__(self) -> None:
        self.is_fit: Callable[[], bool] = lambda: True
        self.on_news: Callable[[], None] = lambda: None
        self.on_given_up: Callable[[int, datetime], None] = lambda _website_id, _slot: None
        self._plans: dict[int, Plan] = {}
        self._queue: list[tuple[float, int]] = []
        """Due times with ids. Entries that no longer match their plan are skipped."""
        self._early: set[int] = set()
        """Websites to check before their regular slot."""
        self._starts_per_second = STARTS_PER_SECOND
        self._free_at = float("-inf")
        self._moment, self._taken, self._slot = float("-inf"), 0, 0.0
        """When the last batch started, how many checks it has, and when its first check was due."""

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
        """Return the plan of a website; None if it has none."""
        return self._plans.get(website_id)

    def set(self, plans: Iterable[Plan]) -> None:
        """Replace all plans."""
        self._plans = {plan.website_id: plan for plan in plans}
        self._queue = [(plan.due_at, plan.website_id) for plan in self._plans.values()]
        heapq.heapify(self._queue)
        self._early &= self._plans.keys()
        self._starts_per_second = starts_per_second(plan.interval_seconds for plan in self._plans.values())
        self.on_news()

    def put(self, plan: Plan) -> None:
        """Replace the website's plan with *plan*, which is due sooner."""
        self._early.add(plan.website_id)
        self._keep(plan)
        self.on_news()

    def take(self, now: float) -> Plan | None:
        """Return the plan to start now, or None, and plan the website's next check.

        A check that is due very soon starts in the same batch. Its slot moves to that time, so that both are due
        together from then on.
        """
        is_in_batch = self._moment == now and self._taken < BATCH_SIZE
        if (self._free_at > now and not is_in_batch) or self._next_due() > now + self._early_seconds(now):
            return None
        plan = self._plans[heapq.heappop(self._queue)[1]]
        if plan.due_at > now:
            plan = _due(plan, self._slot)
        elif self._free_at - plan.due_at > CATCH_UP_SECONDS:
            # A check that had to wait keeps this later slot, so that next time the websites do not crowd.
            plan = _due(plan, now)
        self._count_in_batch(plan, now)
        self._keep(next_plan(plan, now=now))
        gap = gap_seconds(self._starts_per_second, len(self._early))
        self._free_at = max(self._free_at, now - CATCH_UP_SECONDS) + gap
        self._early.discard(plan.website_id)
        return plan

    def idle_seconds(self, now: float) -> float:
        """Return how long nothing is due after *now*."""
        return max(self._next_due(), self._free_at) - now

    def _early_seconds(self, now: float) -> float:
        """Return how early the next plan may start because a batch is starting now."""
        if self._moment != now or self._taken >= BATCH_SIZE or self._next_due() == float("inf"):
            return 0.0
        interval_seconds = self._plans[self._queue[0][1]].interval_seconds
        return min(BATCH_SECONDS, BATCH_SHARE * interval_seconds)

    def _count_in_batch(self, plan: Plan, now: float) -> None:
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
    """Return *plan* with another due time. Runs once per check; `replace` would take three times as long."""
    return Plan(
        website_id=plan.website_id, interval_seconds=plan.interval_seconds, due_at=due_at, place_at=plan.place_at
    )
