"""Delivers due notifications from the outbox, channel by channel, at least once."""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core import signals
from core.background import Background, until_set
from core.clock import utc_now
from core.database import in_session
from core.models import Notification, NotificationState
from core.notifications import preparation
from core.notifications.channels import Send
from core.notifications.delivery import DIGEST_EVENTS, Delivery, reschedule
from core.notifications.links import Links
from core.notifications.preparation import PreparedNotification
from core.notifications.retries import HOLD_TIME, INTERNAL_ERROR, LEASE, MAX_DELAY_SECONDS
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, notification_lease

logger = logging.getLogger(__name__)

BATCH_SIZE = 100  # notifications leased per round
POLL_SECONDS = 1.0  # between two polls while notifications are due soon
IDLE_SECONDS = 5.0  # the longest pause between two polls; a signal wakes the dispatcher for new downtime windows
GATHER_TIME = timedelta(seconds=30)
"""For this long after a message about a `DIGEST_EVENTS` event, others wait for a digest: websites of one server
rarely fail at the same moment."""


def pause_seconds(now: datetime, next_due: datetime | None) -> float:
    """Return the seconds until the next poll; *next_due* is when the next notification is due, if there is one."""
    if next_due is None:
        return IDLE_SECONDS
    return min(max((next_due - now).total_seconds(), POLL_SECONDS), IDLE_SECONDS)


class Dispatcher:
    """Several dispatchers can share a store: each leases notifications that no other holds.

    Its owner calls start() and stop().
    """

    def __init__(self, sealer: Sealer, links: Links, send: Send, *, confirms_faults: bool = True) -> None:
        """*confirms_faults*: whether this installation starts debug sessions that confirm a fault."""
        self._confirms_faults = confirms_faults
        self._sealer = sealer
        self._links = links
        self._delivery = Delivery(sealer, links, send)
        self._wake = asyncio.Event()
        self._pause_seconds = POLL_SECONDS
        self._busy: set[int] = set()
        """Channels that are sending: a channel that hangs does not delay the others."""
        self._background = Background()

    async def start(self) -> None:
        """Start in the background; returns at once."""
        self._background.subscribe(signals.window_changed, lambda _fact: self._wake.set())
        self._background.keep_running(self._run, "notifications")

    async def stop(self) -> None:
        """Stop; notifications that were being sent are sent again by the next dispatcher."""
        await self._background.stop()

    async def send_due(self, now: datetime | None = None) -> int:
        """Send the due notifications; returns how many were leased."""
        count, sending = await self._begin_due(now or utc_now())
        await asyncio.gather(*sending)
        return count

    async def _begin_due(self, now: datetime) -> tuple[int, list[asyncio.Task[None]]]:
        """Lease due notifications of free channels; returns their number and one sending task per channel."""
        leased_until = now + LEASE
        leased, next_due = await in_session(_take, now, leased_until, frozenset(self._busy))
        self._pause_seconds = pause_seconds(now, next_due)
        if not leased:
            return 0, []
        by_channel: dict[int, list[PreparedNotification]] = defaultdict(list)
        for notification in await self._prepare(leased, leased_until):
            if notification.skip_reason is not None:
                await in_session(
                    notification_lease.finish,
                    [notification.notification_id],
                    leased_until,
                    state=NotificationState.SKIPPED,
                    answer=notification.skip_reason,
                )
            elif notification.hold_reason is not None:
                await in_session(
                    notification_lease.put_back,
                    notification.notification_id,
                    leased_until,
                    notification.hold_reason,
                    utc_now() + HOLD_TIME,
                )
            else:
                by_channel[notification.channel_id].append(notification)
        self._busy |= by_channel.keys()
        return len(leased), [
            self._background.run(self._send_through(channel_id, batch, leased_until), f"notifications: {channel_id}")
            for channel_id, batch in by_channel.items()
        ]

    async def _prepare(self, leased: Sequence[Notification], leased_until: datetime) -> list[PreparedNotification]:
        """Prepare the leased notifications; one that fails with a bug is rescheduled, so that it delays no other."""
        ids = [row.id for row in leased]
        try:
            return await in_session(
                preparation.prepare, ids, self._links, self._sealer, confirms_faults=self._confirms_faults
            )
        except Exception:  # a bug of ours: prepare each notification alone to find out which one it affects
            if len(leased) > 1:
                return [notification for row in leased for notification in await self._prepare([row], leased_until)]
            logger.exception("a notification cannot be prepared", extra={"notification_id": ids[0]})
            await reschedule(ids[0], leased[0].attempts, leased_until, INTERNAL_ERROR)
            return []

    async def _run(self) -> None:
        while True:
            await until_set(self._wake, self._pause_seconds)
            self._wake.clear()
            while (await self._begin_due(utc_now()))[0] == BATCH_SIZE:
                pass

    async def _send_through(
        self, channel_id: int, prepared: Sequence[PreparedNotification], leased_until: datetime
    ) -> None:
        try:
            await self._delivery.send_all(prepared, leased_until)
        finally:
            self._busy.discard(channel_id)
            self._wake.set()


def _take(
    db: Session, now: datetime, until: datetime, busy: Collection[int]
) -> tuple[list[Notification], datetime | None]:
    """Lease due notifications, except those that wait for a digest and those of *busy* or resting channels.

    Returns:
        The leased notifications, and when the next one is due.
    """
    next_due = notification_lease.next_due(db)
    if next_due is None:  # the usual case, polled many times an hour
        return [], None
    if next_due > now:
        notification_lease.correct_due_times(db, now, timedelta(seconds=MAX_DELAY_SECONDS))
        next_due = notification_lease.next_due(db)
        if next_due is None or next_due > now:
            return [], next_due
    gathering = notification_lease.sent_recently(db, DIGEST_EVENTS, now - GATHER_TIME, now)
    busy = {*busy, *NotificationChannelCRUD.resting(db, now, timedelta(seconds=MAX_DELAY_SECONDS))}
    leased = notification_lease.lease(db, now, until, BATCH_SIZE, busy, gathering=gathering)
    return leased, notification_lease.next_due(db)
