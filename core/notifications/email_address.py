"""An e-mail channel by which others are written to than those whom it names."""

import json
from collections.abc import Callable, Sequence

from core.errors import NotDelivered
from core.models import ChannelKind, NotificationChannel
from core.notifications.message import Message
from core.schemas.notification_channel import EmailAddress, address_of
from core.sealing import Sealer

Deliver = Callable[[EmailAddress, Message, str], str]
"""Sends a message that a key names, blocks, and returns what the server said; as `core.notifications.mail.deliver`."""


def email_address(
    channel: NotificationChannel | None, recipients: Sequence[str], sealer: Sealer, *, whose: str
) -> EmailAddress:
    """The address of *channel* with these *recipients*; *whose* it is begins the sentence of a refusal.

    Raises:
        NotDelivered: The channel is none, no mailbox, or switched off, or its address is none.
        StoreError: Its seal cannot be opened.
    """
    if channel is None or channel.kind is not ChannelKind.EMAIL or not channel.is_enabled:
        raise NotDelivered(f"{whose} has no e-mail channel that is switched on.")
    try:
        address = address_of(channel.kind, json.loads(sealer.open(channel.sealed_address)))
    except ValueError as error:  # stored by a version that took what this one does not
        raise NotDelivered(str(error)) from error
    assert isinstance(address, EmailAddress)
    return address.model_copy(update={"recipients": list(recipients)})
