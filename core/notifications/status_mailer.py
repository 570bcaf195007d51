"""Sends the mails to subscribers of status pages: leased, sent, marked sent; at least once, however it ends."""

import asyncio
import json
import logging
from collections.abc import Callable
from datetime import datetime

from core import signals
from core.background import Background, until_set
from core.clock import utc_now
from core.database import in_session
from core.errors import NotDelivered, StoreError
from core.models import ChannelKind
from core.notifications.briefing import Links
from core.notifications.dispatch import IDLE_SECONDS, LEASE, MOST_ATTEMPTS, retry_delay
from core.notifications.message import Message
from core.notifications.status_mail import ROOT, leave_link
from core.schemas.notification_channel import EmailAddress, address_of
from core.sealing import Sealer
from core.services import StatusMailCRUD
from core.services.status_mail import DueMail

logger = logging.getLogger(__name__)

AT_ONCE = 50  # mails of one round

Deliver = Callable[[EmailAddress, Message, str], str]


class StatusMailer:
    """Of several on one store each takes what the others have not; whoever made it starts and stops it."""

    def __init__(self, sealer: Sealer, links: Links, send: Deliver) -> None:
        self._sealer, self._links, self._send = sealer, links, send
        self._wake = asyncio.Event()
        self._background = Background()

    async def start(self) -> None:
        """Begin; returns at once."""
        self._background.hear(signals.window_changed, lambda _fact: self._wake.set())
        self._background.run(self._run(), "mails of status pages")

    async def stop(self) -> None:
        """End; what was being sent is sent again by the next one."""
        await self._background.stop()

    async def send_due(self, now: datetime | None = None) -> int:
        """Send what is due; returns how many mails were taken up."""
        now = now or utc_now()
        leased_until = now + LEASE
        due = await in_session(StatusMailCRUD.lease, now, leased_until, AT_ONCE, MOST_ATTEMPTS)
        for one in due:
            until = utc_now() + LEASE
            if not await in_session(StatusMailCRUD.renew, one.mail.id, leased_until, until):
                continue  # those before it took so long that another one has it
            sent_at: datetime | None = None
            try:
                answer = await asyncio.to_thread(self._deliver, one)
                sent_at = utc_now()
            except (NotDelivered, StoreError, ValueError) as error:
                answer = str(error)[:500]
                logger.warning("a mail to a subscriber was not taken", extra={"page_id": one.page.id, "answer": answer})
            later = utc_now() + retry_delay(one.mail.attempts)
            await in_session(StatusMailCRUD.finish, one.mail.id, until, answer=answer, due_at=later, sent_at=sent_at)
        return len(due)

    def _deliver(self, due: DueMail) -> str:
        if due.channel is None or not due.channel.is_enabled:
            raise NotDelivered("The page has no e-mail channel that is switched on.")
        address = address_of(ChannelKind.EMAIL, json.loads(self._sealer.open(due.channel.sealed_address)))
        assert isinstance(address, EmailAddress)
        to_one = address.model_copy(update={"recipients": [due.subscriber.email]})
        text = due.mail.text.replace(ROOT, self._links.root)
        leave = leave_link(due.page, due.subscriber).replace(ROOT, self._links.root)
        message = Message(title=due.mail.subject, text=text, payload={}, leave=leave)
        return self._send(to_one, message, f"status:{due.mail.key}")

    async def _run(self) -> None:
        while True:
            await until_set(self._wake, IDLE_SECONDS)
            self._wake.clear()
            try:
                while await self.send_due() == AT_ONCE:
                    pass
            except Exception:  # a mistake with one mail must not end the sending of all others
                logger.exception("mails to subscribers could not be sent; trying again")
