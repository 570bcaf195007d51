"""Sends a message through a channel; what the service answers is for the person who set it up."""

import asyncio
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Timer
from typing import Protocol

from core.addresses import MayConnect
from core.confined import Confinement, confined
from core.errors import NotDelivered
from core.models import ChannelKind
from core.notifications.apprise_service import notify
from core.notifications.mail import deliver
from core.notifications.message import Message
from core.notifications.webhook import post
from core.schemas.notification_channel import Address, AppriseAddress, EmailAddress, address_of

MAX_ANSWER = 500  # characters of what a service says
LONGEST_SECONDS = 60.0  # the libraries' own timeouts begin anew with each byte that comes
AT_ONCE = 64  # channels, each of which may hang; threads of their own, begun as needed: the store's work is not to wait


class Send(Protocol):
    """Sends a message to an address; *key* names it, should it come twice."""

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        """What the service answered.

        Raises:
            NotDelivered: It did not take the message, or could not be reached.
        """
        ...


class Sender:
    """Sends only to where *may_connect* allows, judged by the address as each connection is made."""

    def __init__(self, may_connect: MayConnect, *, longest_seconds: float = LONGEST_SECONDS) -> None:
        """A message that is not taken within *longest_seconds* is given up, however little is missing."""
        self._may_connect = may_connect
        self._longest_seconds = longest_seconds
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="channel")

    async def __call__(self, kind: ChannelKind, address: Mapping[str, object], message: Message, key: str) -> str:
        """Send *message* through a channel of *kind* and return the service's answer in a few words.

        Raises:
            NotDelivered: The service did not take it, could not be reached, or may not be.
        """
        try:
            checked = address_of(kind, dict(address))
        except ValueError as error:  # stored by a version that took what this one does not
            raise NotDelivered(str(error)[:MAX_ANSWER]) from error
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self.deliver, checked, message, key)

    def deliver(self, address: Address, message: Message, key: str) -> str:
        """As calling it, on this thread, which is blocked meanwhile."""
        with confined(self._may_connect) as confinement, self._deadline(confinement):
            try:
                return _way_to(address)(message, key)[:MAX_ANSWER]
            except NotDelivered as error:
                words = _why(confinement, str(error))
                raise NotDelivered(words, retry_after_seconds=error.retry_after_seconds) from error
            except Exception as error:  # a library trips over an address in ways of its own: what waits must not hang
                raise NotDelivered(_why(confinement, f"{type(error).__name__}: {error}")) from error

    @contextmanager
    def _deadline(self, confinement: Confinement) -> Iterator[None]:
        words = f"The service took longer than {self._longest_seconds:g} seconds."
        timer = Timer(self._longest_seconds, confinement.hang_up, (words,))
        timer.start()
        try:
            yield
        finally:
            timer.cancel()


def _why(confinement: Confinement, words: str) -> str:
    """What kept a message from its service: the rules about where we may go or, in its *words*, the service itself."""
    return (" ".join(confinement.refusals[-1:]) or words)[:MAX_ANSWER]


def _way_to(address: Address) -> Callable[[Message, str], str]:
    if isinstance(address, EmailAddress):
        return lambda message, key: deliver(address, message, key)
    if isinstance(address, AppriseAddress):
        return lambda message, key: notify(address, message, key)
    return lambda message, key: post(address, message, key)
