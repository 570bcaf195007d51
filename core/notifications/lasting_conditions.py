"""Decides which conditions with their own notifications still hold, such as faults and silent regions."""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from core.models import Notification, NotificationEvent
from core.notifications.rules import EPISODIC
from core.services import NotificationEpisodeCRUD, WebsiteFaultCRUD, regions

CONDITION_EVENTS = (*EPISODIC, NotificationEvent.FAULT, NotificationEvent.SILENT)


def lasting(db: Session, notifications: Iterable[Notification]) -> set[int]:
    """Return the ids of those *notifications* whose condition, one of `CONDITION_EVENTS`, still holds.

    Runs one query for all episodes, one for all faults and one for all regions.
    """
    found = [notification for notification in notifications if notification.event in CONDITION_EVENTS]
    events = {notification.event for notification in found}
    fault_ids = {notification.fault_id for notification in found if notification.fault_id is not None}
    faults = WebsiteFaultCRUD.open_among(db, fault_ids) if fault_ids else set()
    silences = regions.silences(db) if NotificationEvent.SILENT in events else set()
    began = NotificationEpisodeCRUD.began_at(db, found) if events.intersection(EPISODIC) else {}

    def holds(notification: Notification) -> bool:
        if notification.event is NotificationEvent.FAULT:
            return notification.fault_id in faults
        if notification.event is NotificationEvent.SILENT:
            return silence_of(notification.key) in silences
        began_at = began.get((notification.rule_id, notification.website_id, notification.event))
        return began_at is not None and began_at <= notification.happened_at

    return {notification.id for notification in found if holds(notification)}


def silence_of(key: str) -> str:
    """Return the episode of a SILENT notification from its *key*; see `regions.episode_of`."""
    return key.partition(":silent:")[2]
