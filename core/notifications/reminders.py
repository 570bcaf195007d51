"""Decides when a lasting failure is sent again: after a fixed time, until it ends or is acknowledged. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from core.notifications.rules import Rule, quiet_until

EARLY = timedelta(seconds=15)  # half of the polling interval: otherwise each reminder would be one poll later
NEAR = timedelta(minutes=1)  # reminders due within this time are sent together: websites of one server fail one by one


class RemindingRule(Rule, Protocol):
    """The parts of a rule that reminders need."""

    @property
    def remind_seconds(self) -> int: ...


def due(rule: RemindingRule, last_sent: Mapping[int, datetime], now: datetime) -> dict[int, datetime]:
    """Return the windows that *rule* reminds of at *now*, and when each reminder was due; none during quiet hours.

    Args:
        rule: The rule.
        last_sent: For each open, unacknowledged window, when the rule last sent a message about it.
        now: The current time.
    """
    if not rule.remind_seconds or quiet_until(rule, now) is not None:
        return {}
    every = timedelta(seconds=rule.remind_seconds)
    moments = {window_id: at + every for window_id, at in last_sent.items()}
    if all(moment > now + EARLY for moment in moments.values()):
        return {}
    return {window_id: moment for window_id, moment in moments.items() if moment <= now + min(NEAR, every / 2)}


def moments(rule: RemindingRule, sent_at: datetime, until: datetime) -> Iterator[datetime]:
    """Yield when *rule* sends reminders of a failure that it sent at *sent_at* and that lasts until *until*."""
    every = timedelta(seconds=rule.remind_seconds)
    moment = sent_at + every
    while every and (moment := quiet_until(rule, moment) or moment) < until:
        yield moment
        moment += every
