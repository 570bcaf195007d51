"""Sends a message through a channel, and returns the service's answer for the person who set the channel up."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from threading import Timer
from typing import Protocol

from core.addresses import MayConnect
from core.confined import Confinement, confined
from core.errors import NotDelivered
from core.models import ChannelKind
from core.notifications.apprise_service import Notifier
from core.notifications.mail import Mailer
from core.notifications.message import Message
from core.notifications.webhook import post
from core.schemas.notification_channel import Address, AppriseAddress, EmailAddress, address_of

MAX_ANSWER = 500  # characters of a service's answer
MAX_SECONDS = 60.0  # the libraries' own timeouts restart with each byte received
MAX_THREADS = 64  # channels that may hang at once; not the default executor, whose threads the store needs


class Send(Protocol):
    """Sends a message to an address; *key* identifies the message if it is sent twice."""

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        """Return the service's answer.

        Raises:
            NotDelivered: The service did not accept the message, or could not be reached.
        """
        ...


class Sender:
    """Sends messages, but only to addresses that *may_connect* allows at the moment of each connection."""

    def __init__(self, may_connect: MayConnect, *, longest_seconds: float = MAX_SECONDS) -> None:
        """A message that is not accepted within *longest_seconds* fails."""
        self._may_connect = may_connect
        self._longest_seconds = longest_seconds
        self._mailer = Mailer()
        self._notifier = Notifier()
        self._threads = ThreadPoolExecutor(MAX_THREADS, thread_name_prefix="channel")

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        """Send *message* through a channel of *kind* and return the service's answer.

        Raises:
            NotDelivered: The service did not accept it, could not be reached, or must not be.
        """
        try:
            checked = address_of(kind, dict(address))
        except ValueError as error:  # stored by a version that accepted this address
            raise NotDelivered(str(error), concerns_channel=True) from error
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.deliver, checked, message, key)

    def deliver(self, address: Address, message: Message, key: str) -> str:
        """Do the same on the calling thread; blocks."""
        with confined(self._may_connect) as confinement, self._deadline(confinement):
            try:
                return self._sender_for(address)(message, key)[:MAX_ANSWER]
            except NotDelivered as error:
                error.args = (confinement.last_refusal or str(error),)
                raise
            except Exception as error:  # libraries raise many errors for an odd address; the row must not stay leased
                words = confinement.last_refusal or f"{type(error).__name__}: {error}"
                raise NotDelivered(words, may_have_arrived=True, concerns_channel=True) from error

    def _sender_for(self, address: Address) -> Callable[[Message, str], str]:
        if isinstance(address, EmailAddress):
            return partial(self._mailer.deliver, address)
        if isinstance(address, AppriseAddress):
            return partial(self._notifier.deliver, address)
        return partial(post, address)

    @contextmanager
    def _deadline(self, confinement: Confinement) -> Iterator[None]:
        words = f"The service took longer than {self._longest_seconds:g} seconds."
        timer = Timer(self._longest_seconds, confinement.hang_up, (words,))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
