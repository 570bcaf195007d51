"""Reads the address of an e-mail channel that is used with other recipients than its own."""

import json
from collections.abc import Callable, Sequence

from core.errors import NotDelivered
from core.models import ChannelKind, NotificationChannel
from core.notifications.message import Message
from core.schemas.notification_channel import EmailAddress, address_of
from core.sealing import Sealer

Deliver = Callable[[EmailAddress, Message, str], str]
"""Sends a message with a key, blocks, and returns the server's answer; see `core.notifications.mail.Mailer`."""


def email_address(
    channel: NotificationChannel | None, recipients: Sequence[str], sealer: Sealer, *, whose: str
) -> EmailAddress:
    """Return the address of *channel* with these *recipients*.

    Args:
        channel: The e-mail channel.
        recipients: Replace those of the channel.
        sealer: Opens the stored address.
        whose: Names the owner of the channel at the beginning of an error's sentence.

    Raises:
        NotDelivered: There is no channel, it is not by e-mail or switched off, or its address is invalid.
        StoreError: Its address cannot be unsealed.
    """
    if channel is None or channel.kind is not ChannelKind.EMAIL or not channel.is_enabled:
        raise NotDelivered(f"{whose} has no enabled e-mail channel.")
    try:
        address = address_of(channel.kind, json.loads(sealer.open(channel.sealed_address)))
    except ValueError as error:  # stored by a version that accepted this address
        raise NotDelivered(str(error)) from error
    assert isinstance(address, EmailAddress)
    return address.model_copy(update={"recipients": list(recipients)})
