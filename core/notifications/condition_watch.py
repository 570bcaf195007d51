"""Announces conditions that no single check causes: a website that stays degraded or down, an expiring certificate."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.background import Background
from core.clock import utc_now
from core.database import in_session
from core.models import NotificationEvent, NotificationRule
from core.notifications.conditions import changes_of, reminders, unsteady
from core.notifications.outbox import Change, announce
from core.services import NotificationRuleCRUD, notification_conditions
from core.services.maintenance_window import in_maintenance
from core.services.unsteadiness import unsteadiness

ROUND_SECONDS = 30.0
A_DAY = 86_400


class ConditionWatch:
    """Several watches on one store announce the same conditions, which are stored once.

    Its owner calls start() and stop().
    """

    def __init__(self) -> None:
        self._background = Background()

    async def start(self) -> None:
        """Start in the background; returns at once."""
        self._background.repeat(
            lambda: in_session(announce_conditions, utc_now()), ROUND_SECONDS, "notifications: watch"
        )

    async def stop(self) -> None:
        """Stop the background task."""
        await self._background.stop()


def announce_conditions(db: Session, now: datetime) -> None:
    """Write the conditions that hold at *now* into the outbox; those announced before are ignored."""
    rules = NotificationRuleCRUD.get_in_force(db)
    wanted = {event for rule in rules for event in rule.events}
    changes: list[Change] = []
    if NotificationEvent.DEGRADED in wanted:
        changes += _degraded(db, now)
    if NotificationEvent.CERTIFICATE in wanted:
        changes += _expiring(db, rules, now)
    failing = unsteadiness(db, now) if NotificationEvent.UNSTEADY in wanted else {}
    for rule in rules:
        changes += changes_of(db, rule, now)
        if NotificationEvent.UNSTEADY in rule.events:
            changes += unsteady(db, rule, failing, now)
    changes += reminders(db, rules, now)
    announce(db, changes, now)


def _degraded(db: Session, now: datetime) -> list[Change]:
    degraded = notification_conditions.degraded_since(db)
    resting = in_maintenance(db, sorted(degraded), now) if degraded else set()
    return [
        Change(
            event=NotificationEvent.DEGRADED,
            website_id=website_id,
            happened_at=since,
            episode=since.isoformat(timespec="seconds"),
        )
        for website_id, since in degraded.items()
        if website_id not in resting
    ]


def _expiring(db: Session, rules: Sequence[NotificationRule], now: datetime) -> list[Change]:
    furthest = max(rule.certificate_days for rule in rules if NotificationEvent.CERTIFICATE in rule.events)
    expiring = notification_conditions.certificates_until(db, now + timedelta(days=furthest))
    return [
        Change(
            event=NotificationEvent.CERTIFICATE,
            website_id=website_id,
            happened_at=now,
            episode=notification_conditions.certificate_episode(expires),
            days_left=(expires - now).total_seconds() / A_DAY,
        )
        for website_id, expires in expiring.items()
    ]
