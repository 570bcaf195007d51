"""Whether what began at a moment, and is told of by itself, lasts: a fault, a condition, the silence of a region."""

from sqlalchemy.orm import Session

from core.models import Notification, NotificationEvent, WebsiteFault
from core.notifications.rules import EPISODIC
from core.services import NotificationEpisodeCRUD, regions

CONDITION_EVENTS = (*EPISODIC, NotificationEvent.FAULT, NotificationEvent.SILENT)


def lasts(db: Session, notification: Notification) -> bool:
    """Whether that of which *notification* tells, one of `CONDITION_EVENTS`, is not over."""
    if notification.event is NotificationEvent.FAULT:
        fault = db.get(WebsiteFault, notification.fault_id)
        return fault is not None and fault.gone_at is None
    if notification.event is NotificationEvent.SILENT:
        return regions.is_silent(db, silence_of(notification.key))
    began_at = NotificationEpisodeCRUD.began_at(db, notification)
    return began_at is not None and began_at <= notification.happened_at


def silence_of(key: str) -> str:
    """The episode that the notification of this *key* tells of; see `regions.episode_of`."""
    return key.partition(":silent:")[2]
