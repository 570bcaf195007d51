"""Announces that a region is silent or reports again, once per rule instead of once per website."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.models import NotificationEvent, NotificationRule
from core.notifications.message import duration
from core.notifications.outbox import Change, announce
from core.phrases import counted, utc_second
from core.services import NotificationRuleCRUD, notification_conditions
from core.services.regions import RegionChange, episode_of


def announce_regions(db: Session, turned: Sequence[RegionChange]) -> None:
    """Write notifications into the outbox, in the transaction that found the change."""
    if not turned:
        return
    rules = [rule for rule in NotificationRuleCRUD.get_in_force(db) if NotificationEvent.SILENT in rule.events]
    announce(db, [change for rule in rules for region in turned if (change := _change(db, rule, region))])


def _change(db: Session, rule: NotificationRule, change: RegionChange) -> Change | None:
    """Return the change for *rule*, at the first of its websites in the region; None if it has none there."""
    meant = set(notification_conditions.subjects(db, rule)).intersection(change.website_ids)
    if not meant:
        return None
    is_back = change.returned_at is not None
    return Change(
        event=NotificationEvent.HEARD if is_back else NotificationEvent.SILENT,
        website_id=min(meant),
        happened_at=change.returned_at or change.silent_since,
        episode=episode_of(change.name, change.silent_since),
        detail=_detail(change, len(meant)),
        rule_id=rule.id,
    )


def _detail(change: RegionChange, count: int) -> str:
    websites = counted(count, "website")
    if change.returned_at is not None:
        lasted = duration((change.returned_at - change.silent_since).total_seconds())
        return f"The region {change.name} reports again after {lasted}. It votes on {websites}."
    return (
        f"The region {change.name} has not reported since {utc_second(change.silent_since)}. "
        f"None of its workers is running or able to check, so it does not vote on {websites}."
    )
