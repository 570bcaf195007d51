"""Keeps what a message opens at a service that keeps incidents, or with whoever listens to a webhook, until it ends."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from core.models import ChannelKind, NotificationEvent
from core.notifications.apprise_service import incidents_at
from core.notifications.message import Message
from core.services import OpenIncidentCRUD

ADDING = (NotificationEvent.EVIDENCE.lower(), NotificationEvent.FINDING.lower())
"""Events that open nothing with programs: they add to what was told."""
SECRET = {"acknowledge": None, "screenshot": None}
"""What is left out of what is kept: the first lets in whoever has it."""


def concerned(kind: ChannelKind, address: Mapping[str, Any], message: Message, key: str) -> Sequence[str]:
    """The incidents that *message*, which *key* names, opens, goes on with or ends at *address*; blocks.

    Raises:
        NotDelivered: The address names no service.
    """
    if kind is ChannelKind.APPRISE:
        return incidents_at(str(address.get("url", "")), message, key)
    if kind is ChannelKind.EMAIL or message.payload.get("event") in ADDING:
        return ()
    return message.named(key)


def keep(
    db: Session,
    channel_id: int,
    keys: Sequence[str],
    message: Message,
    *,
    event: NotificationEvent,
    sent_at: datetime,
) -> None:
    """Note that incidents of these *keys* are open, or no longer are, as *message* about *event* was taken."""
    if message.tone == "success":
        if message.ends_incidents:
            OpenIncidentCRUD.forget(db, channel_id, keys)
    elif message.opens_incidents:
        OpenIncidentCRUD.open(db, channel_id, keys, event=event, told_at=sent_at, about=_without_secrets(message))


def _without_secrets(message: Message) -> dict[str, Any]:
    about = message.payload | SECRET
    if "websites" in about:
        about["websites"] = [one | SECRET for one in about["websites"]]
    return about
