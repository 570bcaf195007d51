"""When a failure that lasts is told again: so long after it was told last, until it is back or taken up. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from core.notifications.rules import Rule, quiet_until

EARLY = timedelta(seconds=15)  # half of what is between two looks: else each reminder would be later by one
NEAR = timedelta(minutes=1)  # what was told within it is reminded of together: websites of one server fail one by one


class RemindingRule(Rule, Protocol):
    """What is asked of a rule that reminds."""

    @property
    def remind_seconds(self) -> int: ...


def due(rule: RemindingRule, told: Mapping[int, datetime], now: datetime) -> dict[int, datetime]:
    """Which windows *rule* reminds of at *now*, and when each was due; none in quiet hours, which it waits for.

    Args:
        told: When the rule told last of each window that is open and that nobody has taken up.
    """
    if not rule.remind_seconds or quiet_until(rule, now) is not None:
        return {}
    every = timedelta(seconds=rule.remind_seconds)
    moments = {window_id: at + every for window_id, at in told.items()}
    if all(moment > now + EARLY for moment in moments.values()):
        return {}
    return {window_id: moment for window_id, moment in moments.items() if moment <= now + min(NEAR, every / 2)}


def moments(rule: RemindingRule, told_at: datetime, until: datetime) -> Iterator[datetime]:
    """When *rule* reminds of what it told at *told_at* and what lasts until *until*."""
    every = timedelta(seconds=rule.remind_seconds)
    moment = told_at + every
    while every and (moment := quiet_until(rule, moment) or moment) < until:
        yield moment
        moment += every
