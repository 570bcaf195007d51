"""Writes notifications into the outbox, in the transaction of the change that they report."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import NotificationEvent, NotificationRule, NotificationState
from core.notifications import status_mail
from core.notifications.rules import applies_to, due_at
from core.services import NotificationCRUD, NotificationRuleCRUD, TagCRUD


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that rules may notify about."""

    event: NotificationEvent
    website_id: int
    window_id: int | None = None
    happened_at: datetime
    episode: str
    """Identifies this occurrence of the event on the website: each rule notifies once per episode."""
    days_left: float | None = None
    """Until a certificate expires; each rule has its own limit."""
    detail: str | None = None
    """The cause in one sentence, if neither the window nor the latest check has it."""
    kind: str | None = None
    """The kind of a finding or fault, which a rule may select."""
    fault_id: int | None = None
    rule_id: int | None = None
    """The only rule that this is for; None for every rule that selects the event."""


def announce(db: Session, changes: Sequence[Change], now: datetime | None = None) -> int:
    """Write a notification for each of *changes* and each matching rule; returns how many matched.

    Also announces downtime to subscribers of status pages. Costs two queries without rules, and four with rules.
    """
    if not changes:
        return 0
    now = now or utc_now()
    _announce_to_subscribers(db, changes, now)
    rules = NotificationRuleCRUD.get_in_force(db)
    if not rules:
        return 0
    tags = TagCRUD.of_websites(db, sorted({change.website_id for change in changes}))
    rows = [
        _row(rule, change, now)
        for change in changes
        for rule in rules
        if _matches(rule, change, {tag.id for tag in tags.get(change.website_id, ())})
    ]
    NotificationCRUD.add(db, rows)
    return len(rows)


def _matches(rule: NotificationRule, change: Change, tag_ids: Collection[int]) -> bool:
    """Whether *rule* notifies about *change* of a website with these tags."""
    is_near = change.days_left is None or change.days_left < rule.certificate_days
    is_wanted = change.kind is None or not rule.finding_kinds or change.kind in rule.finding_kinds
    is_for_it = change.rule_id in (None, rule.id)
    return is_for_it and is_near and is_wanted and applies_to(rule, change.event, change.website_id, tag_ids)


def _announce_to_subscribers(db: Session, changes: Sequence[Change], now: datetime) -> None:
    for change in changes:
        if change.window_id is not None and change.event in (NotificationEvent.DOWN, NotificationEvent.UP):
            is_over = change.event is NotificationEvent.UP
            status_mail.announce_window(db, change.website_id, change.window_id, is_over=is_over, now=now)


def _row(rule: NotificationRule, change: Change, now: datetime) -> dict[str, object]:
    return {
        "key": f"{rule.id}:{change.website_id}:{change.event.lower()}:{change.episode}",
        "channel_id": rule.channel_id,
        "rule_id": rule.id,
        "website_id": change.website_id,
        "window_id": change.window_id,
        "fault_id": change.fault_id,
        "event": change.event,
        "happened_at": change.happened_at,
        "detail": change.detail,
        "due_at": due_at(rule, change.event, change.happened_at, now),
        "state": NotificationState.PENDING,
        "attempts": 0,
        "created_at": now,
    }
