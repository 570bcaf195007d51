"""Sends a message through a channel; what the service answers is for the person who set it up."""

import asyncio
from collections.abc import Mapping
from typing import Protocol

from core.errors import NotDelivered
from core.models import ChannelKind
from core.notifications.mail import deliver
from core.notifications.message import Message
from core.notifications.services import notify
from core.notifications.webhook import post
from core.schemas.notification_channel import AppriseAddress, EmailAddress, WebhookAddress, address_of

MAX_ANSWER = 500  # characters of what a service says


class Send(Protocol):
    """Sends a message to an address; *key* names it, should it come twice."""

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        """What the service answered.

        Raises:
            NotDelivered: It did not take the message, or could not be reached.
        """
        ...


async def send(kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
    """Send *message* through a channel of *kind* and return the service's answer in a few words.

    Raises:
        NotDelivered: The service did not take it, or could not be reached.
    """
    try:
        match address_of(kind, dict(address)):
            case WebhookAddress() as webhook:
                return (await post(webhook, message, key))[:MAX_ANSWER]
            case EmailAddress() as mailbox:
                return (await asyncio.to_thread(deliver, mailbox, message, key))[:MAX_ANSWER]
            case AppriseAddress() as service:
                return (await asyncio.to_thread(notify, service, message))[:MAX_ANSWER]
    except NotDelivered as error:
        raise NotDelivered(str(error)[:MAX_ANSWER]) from error
    except ValueError as error:  # stored by a version that took what this one does not
        raise NotDelivered(str(error)[:MAX_ANSWER]) from error
