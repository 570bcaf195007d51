"""Sends what is in the outbox: leases it, sends it, marks it sent; at least once, however it ends."""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from core import signals, tracing
from core.background import Background, until_set
from core.clock import utc_now
from core.database import in_session
from core.errors import NotDelivered
from core.models import Notification, NotificationEvent, NotificationState
from core.notifications import briefing, incidents
from core.notifications.attempts import LEASE, LONGEST_DELAY_SECONDS, MISTAKE, MOST_ATTEMPTS, retry_delay, why_not
from core.notifications.briefing import Brief
from core.notifications.channels import Send
from core.notifications.digest import digest
from core.notifications.links import Links
from core.notifications.message import Facts, Message, compose
from core.notifications.ticket import MOST_WINDOWS, Ticket, issue
from core.sealing import Sealer
from core.services import NotificationChannelCRUD, NotificationCRUD

logger = logging.getLogger(__name__)

AT_ONCE = 100  # notifications of one round
LOOK_SECONDS = 1.0  # between two looks for what is due, while something is
IDLE_SECONDS = 5.0  # the longest between two looks: what comes with a downtime window is heard of at once
MANY = 4  # failures, or recoveries, due at once that make one digest instead of a message each
GATHERED = (NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.REMINDER)
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
        self._send = send
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
        by_channel: dict[int, list[Brief]] = defaultdict(list)
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

    async def _prepare(self, leased: Sequence[Notification], leased_until: datetime) -> list[Brief]:
        """The briefs of what is leased; what trips us is put off alone, as it would hold up all that is due with it."""
        ids = [one.id for one in leased]
        try:
            return await in_session(briefing.prepare, ids, self._links, self._sealer, looks_again=self._looks_again)
        except Exception:  # a mistake of ours, which is told by what is tried alone
            if len(leased) > 1:
                return [brief for one in leased for brief in await self._prepare([one], leased_until)]
            logger.exception("a notification cannot be prepared", extra={"notification_id": ids[0]})
            await self._put_off(ids[0], leased[0].attempts, leased_until, MISTAKE)
            return []

    async def _run(self) -> None:
        while True:
            await until_set(self._wake, self._pause_seconds)
            self._wake.clear()
            while (await self._begin_due(utc_now()))[0] == AT_ONCE:
                pass

    async def _send_through(self, channel_id: int, briefs: Sequence[Brief], leased_until: datetime) -> None:
        try:
            await self._send_all(briefs, leased_until)
        finally:
            self._busy.discard(channel_id)
            self._wake.set()

    async def _send_all(self, briefs: Sequence[Brief], leased_until: datetime) -> None:
        """Send what goes to one channel: what is gathered together where it is many, the rest one by one."""
        is_free = True
        for event in GATHERED:
            alike = [brief for brief in briefs if brief.facts.event is event]
            facts = {(brief.facts.website_id, brief.facts.window_id): brief.facts for brief in alike}
            if len(facts) >= MANY and is_free:
                make_message = partial(self._digest, alike, list(facts.values()))
                is_free = await self._deliver(alike, make_message, leased_until)
                briefs = [brief for brief in briefs if brief not in alike]
        for same in _once(briefs):
            if not is_free:
                await in_session(NotificationCRUD.release, [one.notification_id for one in same], leased_until)
            elif (until := await _hold(same, leased_until)) is not None:
                is_free = await self._deliver(same, partial(compose, same[0].facts, same[0].template), until)

    def _digest(self, briefs: Sequence[Brief], facts: Sequence[Facts]) -> Message:
        """One message about *facts*, with a link by which all that are still to be taken up are."""
        ids = sorted({one.window_id for one in facts if one.window_id is not None and one.acknowledge is not None})
        acknowledge = None
        if 0 < len(ids) <= MOST_WINDOWS:
            ticket = Ticket(window_ids=tuple(ids), channel=briefs[0].channel)
            acknowledge = self._links.acknowledge(issue(self._sealer, ticket, utc_now()))
        return digest(facts, self._links.overview, acknowledge)

    async def _deliver(
        self, briefs: Sequence[Brief], make_message: Callable[[], Message], leased_until: datetime
    ) -> bool:
        """Send one message about *briefs*; False where its service asks to be left alone."""
        first = briefs[0]
        try:
            message = make_message()
            with tracing.span("send message", _told_of(briefs), kind="producer"):
                address: dict[str, Any] = json.loads(self._sealer.open(first.sealed_address))
                keys = await asyncio.to_thread(incidents.concerned, first.kind, address, message, first.key)
                answer = await self._send(first.kind, address, message, first.key)
        except Exception as error:  # noqa: BLE001 - see `why_not`
            refused = why_not(error, "a notification", channel_id=first.channel_id)
            return await self._postpone(briefs, leased_until, refused)
        await in_session(_note_sent, briefs, leased_until, message, answer=answer, keys=keys, sent_at=utc_now())
        return True

    async def _postpone(self, briefs: Sequence[Brief], leased_until: datetime, error: NotDelivered) -> bool:
        least = timedelta(seconds=min(error.retry_after_seconds, LONGEST_DELAY_SECONDS))
        if least:
            await in_session(NotificationChannelCRUD.let_rest, briefs[0].channel_id, utc_now() + least)
        for brief in briefs:
            await self._put_off(brief.notification_id, brief.attempts, leased_until, str(error), least)
        return not least

    async def _put_off(
        self,
        notification_id: int,
        attempts: int,
        leased_until: datetime,
        answer: str,
        least: timedelta = timedelta(),
    ) -> None:
        """Have it tried again, later after each attempt and no sooner than in *least*; the last one was the last."""
        await in_session(
            NotificationCRUD.finish,
            [notification_id],
            leased_until,
            state=NotificationState.FAILED if attempts >= MOST_ATTEMPTS else NotificationState.PENDING,
            answer=answer,
            due_at=utc_now() + max(retry_delay(attempts), least),
        )


def _note_sent(
    db: Session,
    briefs: Sequence[Brief],
    leased_until: datetime,
    message: Message,
    *,
    answer: str,
    keys: Sequence[str],
    sent_at: datetime,
) -> None:
    """Keep that *message* went, what it said, and the *keys* of the incidents that it opened or ended."""
    first = briefs[0]
    NotificationCRUD.finish(
        db,
        [brief.notification_id for brief in briefs],
        leased_until,
        state=NotificationState.SENT,
        answer=answer,
        has_picture=message.picture is not None,
        said={one.notification_id: one.facts.cause for one in briefs if one.facts.window_id is not None},
        sent_at=sent_at,
    )
    incidents.keep(db, first.channel_id, keys, message, event=first.facts.event, sent_at=sent_at)


def _once(briefs: Sequence[Brief]) -> list[list[Brief]]:
    """*briefs* of one channel, in order, with those together that say the same, as of several rules."""
    same: dict[tuple[object, ...], list[Brief]] = defaultdict(list)
    for brief in briefs:
        facts = brief.facts
        says = (facts.event, facts.website_id, facts.window_id, facts.since, facts.cause, brief.template)
        same[says].append(brief)
    return list(same.values())


async def _hold(same: Sequence[Brief], leased_until: datetime) -> datetime | None:
    """Until when they are ours, with time to send; None where those before took so long that another one has them."""
    now = utc_now()
    if leased_until - now > LEASE / 2:
        return leased_until
    until = now + LEASE
    ids = [brief.notification_id for brief in same]
    is_ours = await in_session(NotificationCRUD.renew, ids, leased_until, until)
    return until if is_ours else None


def _told_of(briefs: Sequence[Brief]) -> tracing.Facts:
    first = briefs[0]
    return {
        "watchwright.channel.id": first.channel_id,
        "watchwright.channel.kind": first.kind.value.lower(),
        "watchwright.event": first.facts.event.lower(),
        "watchwright.notifications": len(briefs),
        "watchwright.website.id": first.facts.website_id if len(briefs) == 1 else None,
        "watchwright.attempt": first.attempts,
    }


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
