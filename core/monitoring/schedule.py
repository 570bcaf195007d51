"""Plans when each website's next check is due. Pure: all times are seconds on one monotonic clock."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

SPREAD_SECONDS = 30.0  # a start spreads overdue checks over at most this long; a new user waits no longer

STARTS_PER_SECOND = 100.0  # 500 checks started at once delay one another by 460 ms at the median; at this rate by 4 ms
HEADROOM = 1.5  # factor on the rate that all intervals together need, so that late checks catch up
EARLY_SECONDS = 1.0  # all early checks of failing websites start within this time, if that needs a higher rate …
EARLY_STARTS_PER_SECOND = 300.0  # … up to this one: a thousand failing websites must not distort others' figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """When a website is due: at ``due_at``, and every interval from then on."""

    website_id: int
    interval_seconds: float
    due_at: float
    slot: datetime | None = None
    """The due time by the store's clock, in a fleet that shares slots; None where this worker plans by itself."""
    is_everywhere: bool = False
    """Whether all regions of the website should check it. Unused where a single monitor checks."""
    place_at: float | None = None
    """When the regular interval begins, if not at ``due_at``; else None."""


def first_plan(
    website_id: int, interval_seconds: float, *, now: float, seconds_since_check: float | None, place: float
) -> Plan:
    """Return the first plan of a website.

    A website without any check is due at once. Its later checks are spread over the interval by *place*, because
    websites that are added together may share a server, which should not get all their checks in the same second. A
    website whose next check lies ahead keeps that time. An overdue one is due within `SPREAD_SECONDS`, so that a start
    does not check all websites at once.

    Args:
        website_id: The website to plan.
        interval_seconds: The time from one check to the next.
        now: The current time.
        seconds_since_check: The age of the last check; None if there is none.
        place: The website's position by id among those planned together, from 0 to 1. Websites with neighbouring ids
            are checked and stored together. Their rows share pages of the store, so this order writes half as much to
            disk as any other.
    """
    if seconds_since_check is None:
        place_at = now + (1 - place) * interval_seconds  # in reverse order: fewer second checks meet the first ones
        return Plan(website_id=website_id, interval_seconds=interval_seconds, due_at=now, place_at=place_at)
    remaining = interval_seconds - max(seconds_since_check, 0.0)
    if remaining <= 0:
        remaining = place * min(interval_seconds, SPREAD_SECONDS)
    return Plan(website_id=website_id, interval_seconds=interval_seconds, due_at=now + remaining)


def next_plan(plan: Plan, *, now: float) -> Plan:
    """Return the plan for the next slot after *now*.

    Slots keep their phase, so one late check does not shift the later ones. Slots that passed meanwhile, as while the
    machine slept, are skipped.
    """
    first = plan.due_at + plan.interval_seconds if plan.place_at is None else plan.place_at
    passed = max(math.floor((now - first) / plan.interval_seconds) + 1, 0)
    due_at = first + passed * plan.interval_seconds
    return Plan(website_id=plan.website_id, interval_seconds=plan.interval_seconds, due_at=due_at)


def brought_forward(plan: Plan, within_seconds: float, *, now: float) -> Plan:
    """Return *plan*, due within *within_seconds* at the latest.

    Failing websites are checked early, so that the start and the end of a downtime window are precise.
    """
    if plan.due_at - now <= within_seconds:
        return plan
    return Plan(website_id=plan.website_id, interval_seconds=plan.interval_seconds, due_at=now + within_seconds)


def with_interval(plan: Plan, interval_seconds: float, *, now: float) -> Plan:
    """Return *plan* with another interval; *plan* itself if the interval has not changed."""
    if interval_seconds == plan.interval_seconds:
        return plan
    due_at = min(plan.due_at, now + interval_seconds)
    return Plan(website_id=plan.website_id, interval_seconds=interval_seconds, due_at=due_at)


def starts_per_second(intervals_seconds: Iterable[float]) -> float:
    """Return how many checks may start per second, given the intervals of all websites."""
    return max(STARTS_PER_SECOND, HEADROOM * sum(1 / interval for interval in intervals_seconds))


def gap_seconds(starts_per_second: float, early_checks: int) -> float:
    """Return the time between two starts while *early_checks* websites wait for a check before their regular slot."""
    return 1 / max(starts_per_second, min(early_checks / EARLY_SECONDS, EARLY_STARTS_PER_SECOND))
