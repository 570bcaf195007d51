"""Records which incidents a sent message has opened or ended, at a service with incidents or a webhook's receiver."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.models import ChannelKind, NotificationEvent
from core.notifications.apprise_service import incidents_at
from core.notifications.message import Message
from core.services import OpenIncidentCRUD

ADDING = (NotificationEvent.EVIDENCE.lower(), NotificationEvent.FINDING.lower())
"""Events that open no incident for webhooks: they add evidence to an earlier message."""


def incident_keys(kind: ChannelKind, address: Mapping[str, Any], message: Message, key: str) -> Sequence[str]:
    """Return the incidents that *message* with this *key* opens, continues or ends at *address*; blocks.

    Raises:
        NotDelivered: The address is of no known service.
    """
    if kind is ChannelKind.APPRISE:
        return incidents_at(str(address.get("url", "")), message, key)
    if kind is ChannelKind.EMAIL or message.payload.get("event") in ADDING:
        return ()
    return message.incident_keys(key)


def newly_opened(keys: Sequence[str], message: Message) -> Sequence[str]:
    """Return those of the incidents *keys* that *message* opens; () if it continues or ends earlier ones."""
    return keys if _opens(message) and not message.incidents else ()


def begin(
    db: Session, channel_id: int, keys: Sequence[str], message: Message, *, event: NotificationEvent, now: datetime
) -> bool:
    """Prepare to send *message*, which opens or continues the incidents *keys*.

    New incidents are stored, because the answer may be lost. Ends that were not sent yet are cancelled.

    Returns:
        False, and changes nothing, while an end is being sent: it might arrive after the message.
    """
    if not _opens(message):
        return True
    if OpenIncidentCRUD.is_being_ended(db, channel_id, keys, now):
        return False
    if newly_opened(keys, message):
        OpenIncidentCRUD.open(db, channel_id, keys, event=event, sent_at=now, about=message.public_payload())
    else:
        OpenIncidentCRUD.cancel_ends(db, channel_id, keys)
    return True


def record(
    db: Session,
    channel_id: int,
    keys: Sequence[str],
    message: Message,
    *,
    event: NotificationEvent,
    sent_at: datetime,
) -> None:
    """Store which of the incidents *keys* the sent *message* about *event* has opened or ended."""
    opened = newly_opened(keys, message)
    if opened or (message.severity == "success" and message.ends_incidents):
        OpenIncidentCRUD.forget(db, channel_id, keys)  # opened ones are stored again with the time of their message
    if _opens(message):
        OpenIncidentCRUD.open(db, channel_id, keys, event=event, sent_at=sent_at, about=message.public_payload())


def _opens(message: Message) -> bool:
    return message.severity != "success" and message.opens_incidents
