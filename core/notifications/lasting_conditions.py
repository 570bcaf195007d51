"""Decides whether a condition with its own notifications still holds, such as a fault or a silent region."""

from sqlalchemy.orm import Session

from core.models import Notification, NotificationEvent, WebsiteFault
from core.notifications.rules import EPISODIC
from core.services import NotificationEpisodeCRUD, regions

CONDITION_EVENTS = (*EPISODIC, NotificationEvent.FAULT, NotificationEvent.SILENT)


def lasts(db: Session, notification: Notification) -> bool:
    """Whether the condition that *notification* reports, one of `CONDITION_EVENTS`, still holds."""
    if notification.event is NotificationEvent.FAULT:
        fault = db.get(WebsiteFault, notification.fault_id)
        return fault is not None and fault.gone_at is None
    if notification.event is NotificationEvent.SILENT:
        return regions.is_silent(db, silence_of(notification.key))
    began_at = NotificationEpisodeCRUD.began_at(db, notification)
    return began_at is not None and began_at <= notification.happened_at


def silence_of(key: str) -> str:
    """Return the episode of a SILENT notification from its *key*; see `regions.episode_of`."""
    return key.partition(":silent:")[2]
