"""When a website is due: pure functions of time, in seconds on one monotonic clock."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

SPREAD_SECONDS = 30.0  # the longest that a start spreads its first checks over; a new reader waits no longer

STARTS_PER_SECOND = 100.0  # 500 at once delay one another by 460 ms at the median, at this rate by 4 ms (measured)
HEADROOM = 1.5  # times the rate that all intervals together need, where that is more: what is late catches up
EARLY_SECONDS = 1.0  # in which those that fail are asked again, where that is more than the rate above, …
EARLY_STARTS_PER_SECOND = 300.0  # … but no more: a thousand that fail at once are not to show in others' figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A website's place in time: its checks are due at ``due_at`` and every interval from there."""

    website_id: int
    interval_seconds: float
    due_at: float
    slot: datetime | None = None
    """When it is due by the clock of the store that shared it out; None where this worker plans by itself."""
    is_everywhere: bool = False
    """Whether the other regions that check it are to do so as well; of no meaning where one monitor checks."""
    place_at: float | None = None
    """From when on it is due every interval, where that is not so from ``due_at`` on; None where it is."""


def first_plan(
    website_id: int, interval_seconds: float, *, now: float, seconds_since_check: float | None, place: float
) -> Plan:
    """The plan of a website that was not planned before.

    One that was never checked is due at once, and from then on at its place in the interval: those that are added
    together may be one server's, which is not to be asked for all of them in one second of each minute. One whose check
    is not due yet is due then, and one that is overdue within `SPREAD_SECONDS`: a start must not check all at once.

    Args:
        website_id: Whose plan it is.
        interval_seconds: From one check to the next.
        now: When this is asked.
        seconds_since_check: How long ago the last check was; None where there was none.
        place: Where it stands by id among those that are planned with it, from 0 to 1. Checks of neighbours are made
            and stored together, as their rows are on the same pages of the store: that writes half of what any other
            order does.
    """
    if seconds_since_check is None:
        place_at = now + (1 - place) * interval_seconds  # backwards: few meet the rush of first checks
        return Plan(website_id=website_id, interval_seconds=interval_seconds, due_at=now, place_at=place_at)
    remaining = interval_seconds - max(seconds_since_check, 0.0)
    if remaining <= 0:
        remaining = place * min(interval_seconds, SPREAD_SECONDS)
    return Plan(website_id=website_id, interval_seconds=interval_seconds, due_at=now + remaining)


def next_plan(plan: Plan, *, now: float) -> Plan:
    """The plan after the check that was due: the next slot that is still to come.

    Slots keep their phase, so being late once does not drift; slots that passed in a sleep are not made up for.
    """
    first = plan.due_at + plan.interval_seconds if plan.place_at is None else plan.place_at
    passed = max(math.floor((now - first) / plan.interval_seconds) + 1, 0)
    due_at = first + passed * plan.interval_seconds
    return Plan(website_id=plan.website_id, interval_seconds=plan.interval_seconds, due_at=due_at)


def brought_forward(plan: Plan, within_seconds: float, *, now: float) -> Plan:
    """*plan*, but due within *within_seconds*: while a website fails, both edges of its downtime matter."""
    if plan.due_at - now <= within_seconds:
        return plan
    return Plan(website_id=plan.website_id, interval_seconds=plan.interval_seconds, due_at=now + within_seconds)


def with_interval(plan: Plan, interval_seconds: float, *, now: float) -> Plan:
    """*plan* with another interval, from now on; the same plan where the interval is the same."""
    if interval_seconds == plan.interval_seconds:
        return plan
    due_at = min(plan.due_at, now + interval_seconds)
    return Plan(website_id=plan.website_id, interval_seconds=interval_seconds, due_at=due_at)


def starts_per_second(intervals_seconds: Iterable[float]) -> float:
    """How many checks may start in a second, where websites are checked at these intervals."""
    return max(STARTS_PER_SECOND, HEADROOM * sum(1 / interval for interval in intervals_seconds))


def gap_seconds(starts_per_second: float, early_checks: int) -> float:
    """From one start to the next, while so many websites are to be asked before their time, as they fail."""
    return 1 / max(starts_per_second, min(early_checks / EARLY_SECONDS, EARLY_STARTS_PER_SECOND))
