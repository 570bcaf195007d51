"""Sends mails to subscribers of status pages, at least once each: leases them, sends them, marks them as sent."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from core import signals
from core.background import Background, until_set
from core.clock import utc_now
from core.database import in_session
from core.models import StatusMail
from core.notifications.dispatch import IDLE_SECONDS
from core.notifications.email_address import Deliver, email_address
from core.notifications.links import Links
from core.notifications.message import Message
from core.notifications.retries import LEASE, MAX_ATTEMPTS, delivery_error, retry_delay
from core.notifications.status_mail import ROOT, kind_of, merged, unsubscribe_link
from core.sealing import Sealer
from core.services import StatusMailCRUD
from core.services.status_mail import DueMail

BATCH_SIZE = 50  # mails leased per round


class StatusMailer:
    """Several mailers can share a store: each leases mails that no other holds.

    Its owner calls start() and stop().
    """

    def __init__(self, sealer: Sealer, links: Links, send: Deliver) -> None:
        self._sealer, self._links, self._send = sealer, links, send
        self._wake = asyncio.Event()
        self._background = Background()

    async def start(self) -> None:
        """Start in the background; returns at once."""
        self._background.subscribe(signals.window_changed, lambda _fact: self._wake.set())
        self._background.keep_running(self._run, "mails of status pages")

    async def stop(self) -> None:
        """Stop; mails that were being sent are sent again by the next mailer."""
        await self._background.stop()

    async def send_due(self, now: datetime | None = None) -> int:
        """Send due mails; returns how many were leased."""
        now = now or utc_now()
        leased_until = now + LEASE
        due = await in_session(StatusMailCRUD.lease, now, leased_until, BATCH_SIZE, MAX_ATTEMPTS)
        alike: dict[tuple[int, str], list[DueMail]] = defaultdict(list)
        for mail in due:
            alike[mail.subscriber.id, kind_of(mail.mail.key)].append(mail)
        for mails in alike.values():
            until = utc_now() + LEASE
            # If earlier mails took too long, another mailer may have leased these.
            ours = [mail for mail in mails if await in_session(StatusMailCRUD.renew, mail.mail.id, leased_until, until)]
            if ours:
                await self._send_together(ours, until)
        return len(due)

    async def _send_together(self, due: Sequence[DueMail], until: datetime) -> None:
        sent_at: datetime | None = None
        try:
            answer = await asyncio.to_thread(self._deliver, due[0], [item.mail for item in due])
            sent_at = utc_now()
        except Exception as error:  # noqa: BLE001 - see `delivery_error`
            answer = str(delivery_error(error, "a mail to a subscriber", page_id=due[0].page.id))
        for mail in (item.mail for item in due):
            later = utc_now() + retry_delay(mail.attempts)
            await in_session(StatusMailCRUD.finish, mail.id, until, answer=answer, due_at=later, sent_at=sent_at)

    def _deliver(self, due: DueMail, mails: Sequence[StatusMail]) -> str:
        to_one = email_address(due.channel, [due.subscriber.email], self._sealer, whose="The page")
        subject, text = merged(due.page, mails)
        unsubscribe_url = unsubscribe_link(due.page, due.subscriber).replace(ROOT, self._links.root)
        message = Message(
            title=subject, text=text.replace(ROOT, self._links.root), payload={}, unsubscribe_url=unsubscribe_url
        )
        return self._send(to_one, message, f"status:{due.mail.key}")

    async def _run(self) -> None:
        while True:
            await until_set(self._wake, IDLE_SECONDS)
            self._wake.clear()
            while await self.send_due() == BATCH_SIZE:
                pass
