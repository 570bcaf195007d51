"""Delivers due notifications through one channel: many of one event as a digest, the others one by one."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core import tracing
from core.clock import utc_now
from core.database import in_session
from core.errors import NotDelivered
from core.models import NotificationEvent, NotificationState
from core.notifications import incident_records
from core.notifications.channels import Send
from core.notifications.digest import digest
from core.notifications.links import Links
from core.notifications.message import Message, MessageFacts, compose
from core.notifications.preparation import PreparedNotification
from core.notifications.retries import HOLD_TIME, LEASE, MAX_ATTEMPTS, delivery_error, pause_channel, retry_delay
from core.notifications.ticket import MAX_WINDOWS, Ticket, issue
from core.sealing import Sealer
from core.services import OpenIncidentCRUD, notification_lease

DIGEST_MIN = 4  # websites with the same event from which one digest replaces the single messages
DIGEST_EVENTS = (NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.REMINDER)
"""Events that digests are made of."""
END_IS_COMING = "Waiting until the end of its incident was sent."


class Delivery:
    """Sends leased notifications and stores the result of each."""

    def __init__(self, sealer: Sealer, links: Links, send: Send) -> None:
        self._sealer = sealer
        self._links = links
        self._send = send

    async def send_all(self, prepared: Sequence[PreparedNotification], leased_until: datetime) -> None:
        """Send the notifications of one channel; stops once its service asks to be left alone."""
        is_free = True
        for event in DIGEST_EVENTS:
            alike = [notification for notification in prepared if notification.facts.event is event]
            facts = {
                (notification.facts.website_id, notification.facts.window_id): notification.facts
                for notification in alike
            }
            if len(facts) >= DIGEST_MIN and is_free:
                make_message = partial(self._digest, alike, list(facts.values()))
                is_free = await self._deliver(alike, make_message, leased_until)
                prepared = [notification for notification in prepared if notification not in alike]
        for same in _merge_duplicates(prepared):
            if not is_free:
                await in_session(
                    notification_lease.release, [notification.notification_id for notification in same], leased_until
                )
            elif (until := await _extend_lease(same, leased_until)) is not None:
                is_free = await self._deliver(same, partial(compose, same[0].facts, same[0].template), until)

    def _digest(self, prepared: Sequence[PreparedNotification], facts: Sequence[MessageFacts]) -> Message:
        """Compose one message about *facts*, with a link that acknowledges all its open downtime windows."""
        ids = sorted(
            {
                message.window_id
                for message in facts
                if message.window_id is not None and message.acknowledge is not None
            }
        )
        acknowledge = None
        if 0 < len(ids) <= MAX_WINDOWS:
            ticket = Ticket(window_ids=tuple(ids), channel=prepared[0].channel)
            acknowledge = self._links.acknowledge(issue(self._sealer, ticket, utc_now()))
        return digest(facts, self._links.overview, acknowledge)

    async def _deliver(
        self, prepared: Sequence[PreparedNotification], make_message: Callable[[], Message], leased_until: datetime
    ) -> bool:
        """Send one message for all of *prepared*; returns False if the service asks to be left alone."""
        first = prepared[0]
        opened: Sequence[str] = ()
        try:
            message = make_message()
            with tracing.span("send message", _span_attributes(prepared), kind="producer"):
                address: dict[str, Any] = json.loads(self._sealer.open(first.sealed_address))
                keys = await asyncio.to_thread(incident_records.incident_keys, first.kind, address, message, first.key)
                if keys and not await self._begins(first, keys, message):
                    return await _hold(prepared, leased_until)
                opened = incident_records.newly_opened(keys, message)
                answer = await self._send(first.kind, address, message, first.key)
        except Exception as error:  # noqa: BLE001 - see `delivery_error`
            refused = delivery_error(error, "a notification", channel_id=first.channel_id)
            is_first_attempt = first.attempts == 1  # otherwise an earlier one may have arrived
            if opened and is_first_attempt and isinstance(error, NotDelivered) and not error.may_have_arrived:
                await in_session(OpenIncidentCRUD.forget, first.channel_id, opened)
            return await self._postpone(prepared, leased_until, refused)
        await in_session(_note_sent, prepared, leased_until, message, answer=answer, keys=keys, sent_at=utc_now())
        return True

    @staticmethod
    async def _begins(first: PreparedNotification, keys: Sequence[str], message: Message) -> bool:
        event = first.facts.event
        return await in_session(incident_records.begin, first.channel_id, keys, message, event=event, now=utc_now())

    async def _postpone(
        self, prepared: Sequence[PreparedNotification], leased_until: datetime, error: NotDelivered
    ) -> bool:
        least = await pause_channel(prepared[0].channel_id, error)
        for notification in prepared:
            await reschedule(notification.notification_id, notification.attempts, leased_until, str(error), least)
        return not least


async def _hold(prepared: Sequence[PreparedNotification], leased_until: datetime) -> bool:
    """Put *prepared* back until the end of their incident was sent; returns True, because the service is free."""
    for notification in prepared:
        await in_session(
            notification_lease.put_back,
            notification.notification_id,
            leased_until,
            END_IS_COMING,
            utc_now() + HOLD_TIME,
        )
    return True


async def reschedule(
    notification_id: int,
    attempts: int,
    leased_until: datetime,
    answer: str,
    least: timedelta = timedelta(),
) -> None:
    """Store why an attempt failed, and schedule the next one after the retry delay and no sooner than in *least*.

    After `MAX_ATTEMPTS` the notification has failed for good.
    """
    await in_session(
        notification_lease.finish,
        [notification_id],
        leased_until,
        state=NotificationState.FAILED if attempts >= MAX_ATTEMPTS else NotificationState.PENDING,
        answer=answer,
        due_at=utc_now() + max(retry_delay(attempts), least),
    )


def _note_sent(
    db: Session,
    prepared: Sequence[PreparedNotification],
    leased_until: datetime,
    message: Message,
    *,
    answer: str,
    keys: Sequence[str],
    sent_at: datetime,
) -> None:
    """Store that *message* was sent, its texts, and the *keys* of the incidents that it opened or ended."""
    first = prepared[0]
    causes = {
        notification.notification_id: notification.facts.cause if notification.facts.window_id is not None else None
        for notification in prepared
    }
    has_picture = message.picture is not None
    notification_lease.mark_sent(db, causes, leased_until, answer=answer, sent_at=sent_at, has_picture=has_picture)
    incident_records.record(db, first.channel_id, keys, message, event=first.facts.event, sent_at=sent_at)


def _merge_duplicates(prepared: Sequence[PreparedNotification]) -> list[list[PreparedNotification]]:
    """Group *prepared* notifications of one channel that say the same, as of several rules; keeps the order."""
    same: dict[tuple[object, ...], list[PreparedNotification]] = defaultdict(list)
    for notification in prepared:
        facts = notification.facts
        says = (facts.event, facts.website_id, facts.window_id, facts.since, facts.cause, notification.template)
        same[says].append(notification)
    return list(same.values())


async def _extend_lease(same: Sequence[PreparedNotification], leased_until: datetime) -> datetime | None:
    """Extend the lease if little time is left; returns its end, or None if another dispatcher has the notifications."""
    now = utc_now()
    if leased_until - now > LEASE / 2:
        return leased_until
    until = now + LEASE
    ids = [notification.notification_id for notification in same]
    is_ours = await in_session(notification_lease.renew, ids, leased_until, until)
    return until if is_ours else None


def _span_attributes(prepared: Sequence[PreparedNotification]) -> tracing.Facts:
    first = prepared[0]
    return {
        "watchwright.channel.id": first.channel_id,
        "watchwright.channel.kind": first.kind.value.lower(),
        "watchwright.event": first.facts.event.lower(),
        "watchwright.notifications": len(prepared),
        "watchwright.website.id": first.facts.website_id if len(prepared) == 1 else None,
        "watchwright.attempt": first.attempts,
    }
