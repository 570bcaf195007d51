"""Takes what is due out of the outbox again and again, and has each channel's delivered; at least once."""

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
from core.notifications.delivery import GATHERED, Delivery, put_off
from core.notifications.links import Links
from core.notifications.preparation import PreparedNotification
from core.notifications.retries import LEASE, LONGEST_DELAY_SECONDS, MISTAKE
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, NotificationCRUD

logger = logging.getLogger(__name__)

AT_ONCE = 100  # notifications of one round
LOOK_SECONDS = 1.0  # between two looks for what is due, while something is
IDLE_SECONDS = 5.0  # the longest between two looks: what comes with a downtime window is heard of at once
TOGETHER = timedelta(seconds=30)
"""For so long after one of `GATHERED` was told others are gathered: websites of one server fail one by one."""
WAIT = timedelta(seconds=2)  # between two looks whether a failure was told, before its end is


def pause_seconds(now: datetime, next_due: datetime | None) -> float:
    """How long after *now* nothing has to be looked for, when what is due next is due at *next_due*."""
    if next_due is None:
        return IDLE_SECONDS
    return min(max((next_due - now).total_seconds(), LOOK_SECONDS), IDLE_SECONDS)


class Dispatcher:
    """Of several on one store each takes what the others have not; whoever made it starts and stops it."""

    def __init__(self, sealer: Sealer, links: Links, send: Send, *, looks_again: bool = True) -> None:
        """*looks_again*: whether debug sessions are started that confirm what one has found."""
        self._looks_again = looks_again
        self._sealer = sealer
        self._links = links
        self._delivery = Delivery(sealer, links, send)
        self._wake = asyncio.Event()
        self._pause_seconds = LOOK_SECONDS
        self._busy: set[int] = set()
        """Channels through which something is being sent: one that hangs keeps no other waiting."""
        self._background = Background()

    async def start(self) -> None:
        """Begin; returns at once."""
        self._background.hear(signals.window_changed, lambda _fact: self._wake.set())
        self._background.keep(self._run, "notifications")

    async def stop(self) -> None:
        """End; what was being sent is sent again by the next dispatcher."""
        await self._background.stop()

    async def send_due(self, now: datetime | None = None) -> int:
        """Send what is due; returns how many notifications were taken up."""
        count, sending = await self._begin_due(now or utc_now())
        await asyncio.gather(*sending)
        return count

    async def _begin_due(self, now: datetime) -> tuple[int, list[asyncio.Task[None]]]:
        """Take up what is due of channels that are free; returns how much, and what sends it, channel by channel."""
        leased_until = now + LEASE
        leased, next_due = await in_session(_take, now, leased_until, frozenset(self._busy))
        self._pause_seconds = pause_seconds(now, next_due)
        if not leased:
            return 0, []
        by_channel: dict[int, list[PreparedNotification]] = defaultdict(list)
        for brief in await self._prepare(leased, leased_until):
            if brief.refusal is not None:
                await in_session(
                    NotificationCRUD.finish,
                    [brief.notification_id],
                    leased_until,
                    state=NotificationState.SKIPPED,
                    answer=brief.refusal,
                )
            elif brief.waits is not None:
                await in_session(
                    NotificationCRUD.put_back, brief.notification_id, leased_until, brief.waits, utc_now() + WAIT
                )
            else:
                by_channel[brief.channel_id].append(brief)
        self._busy |= by_channel.keys()
        return len(leased), [
            self._background.run(self._send_through(channel_id, batch, leased_until), f"notifications: {channel_id}")
            for channel_id, batch in by_channel.items()
        ]

    async def _prepare(self, leased: Sequence[Notification], leased_until: datetime) -> list[PreparedNotification]:
        """The briefs of what is leased; one in which we make a mistake is put off, so that it holds up nothing else."""
        ids = [one.id for one in leased]
        try:
            return await in_session(preparation.prepare, ids, self._links, self._sealer, looks_again=self._looks_again)
        except Exception:  # a mistake of ours, which is told by what is tried alone
            if len(leased) > 1:
                return [brief for one in leased for brief in await self._prepare([one], leased_until)]
            logger.exception("a notification cannot be prepared", extra={"notification_id": ids[0]})
            await put_off(ids[0], leased[0].attempts, leased_until, MISTAKE)
            return []

    async def _run(self) -> None:
        while True:
            await until_set(self._wake, self._pause_seconds)
            self._wake.clear()
            while (await self._begin_due(utc_now()))[0] == AT_ONCE:
                pass

    async def _send_through(
        self, channel_id: int, briefs: Sequence[PreparedNotification], leased_until: datetime
    ) -> None:
        try:
            await self._delivery.send_all(briefs, leased_until)
        finally:
            self._busy.discard(channel_id)
            self._wake.set()


def _take(
    db: Session, now: datetime, until: datetime, busy: Collection[int]
) -> tuple[list[Notification], datetime | None]:
    """Lease what is due, but for what is gathered and that of channels *busy* or resting; say when the next one is."""
    next_due = NotificationCRUD.next_due(db)
    if next_due is None:  # nearly always, and many times an hour
        return [], None
    if next_due > now:
        NotificationCRUD.bring_back(db, now, timedelta(seconds=LONGEST_DELAY_SECONDS))
        next_due = NotificationCRUD.next_due(db)
        if next_due is None or next_due > now:
            return [], next_due
    gathering = NotificationCRUD.told_lately(db, GATHERED, now - TOGETHER, now)
    busy = {*busy, *NotificationChannelCRUD.resting(db, now, timedelta(seconds=LONGEST_DELAY_SECONDS))}
    return NotificationCRUD.lease(db, now, until, AT_ONCE, busy, gathering=gathering), NotificationCRUD.next_due(db)
