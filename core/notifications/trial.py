"""What a rule would have sent, had it been there: tried on downtime windows that are stored. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Protocol

from core.models import NotificationEvent
from core.notifications.rules import Rule, Situation, due_at, refusal


class TriedRule(Rule, Protocol):
    """What is asked of a rule that is tried."""

    @property
    def cooldown_seconds(self) -> int: ...


class Window(Protocol):
    """What is asked of a downtime window."""

    @property
    def website_id(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...


def messages(rule: TriedRule, windows: Iterable[Window]) -> int:
    """How many messages *rule* would have sent of failures and recoveries in *windows*, those of its websites.

    Neither who would have taken a failure up nor what a digest would have joined is known.
    """
    told_at: dict[int, datetime] = {}
    count = 0
    for window in sorted(windows, key=lambda one: one.started_at):
        is_told = False
        if NotificationEvent.DOWN in rule.events:
            last = told_at.get(window.website_id)
            cooldown = timedelta(seconds=rule.cooldown_seconds)
            lately = bool(rule.cooldown_seconds) and last is not None and window.started_at - last <= cooldown
            due = due_at(rule, NotificationEvent.DOWN, window.started_at, window.started_at)
            situation = Situation(ended_at=window.ended_at, told_lately=lately)
            is_told = refusal(rule, NotificationEvent.DOWN, due, situation) is None
            if is_told:
                told_at[window.website_id] = window.started_at
                count += 1
        if NotificationEvent.UP in rule.events and window.ended_at is not None:
            count += is_told or NotificationEvent.DOWN not in rule.events
    return count
