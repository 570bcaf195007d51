"""All SQL about incidents that are open at notification services, and their ends."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, union, update
from sqlalchemy.orm import Session

from core.clock import CLOCK_TOLERANCE
from core.models import (
    Notification,
    NotificationChannel,
    NotificationEvent,
    NotificationRule,
    NotificationState,
    OpenIncident,
)
from core.services.bulk import insert_new
from core.services.notification_channel import NotificationChannelCRUD
from core.services.notification_facts import NotificationFacts, select_facts
from core.services.prepared import rows_of

ENDINGS = (NotificationEvent.UP, NotificationEvent.HEARD, NotificationEvent.MENDED)

_COUNT = select(func.count()).select_from(OpenIncident.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelIncident:
    """An incident with the channel through which it was opened."""

    incident: OpenIncident
    channel: NotificationChannel


class OpenIncidentCRUD:
    """Store opened incidents, and end each once."""

    @staticmethod
    def open(
        db: Session,
        channel_id: int,
        keys: Collection[str],
        *,
        event: NotificationEvent,
        sent_at: datetime,
        about: dict[str, Any],
    ) -> None:
        """Store that these incidents are open; known ones stay as they are, but an unsent end is cancelled."""
        row = {"channel_id": channel_id, "event": str(event), "told_at": sent_at, "about": about, "attempts": 0}
        insert_new(db, OpenIncident, [row | {"key": key} for key in keys], unique=("channel_id", "key"))
        OpenIncidentCRUD.cancel_ends(db, channel_id, keys)

    @staticmethod
    def cancel_ends(db: Session, channel_id: int, keys: Collection[str]) -> None:
        """Let these incidents last whose end was not sent yet."""
        ending = (*_of_keys(channel_id, keys), OpenIncident.ends_because.is_not(None))
        lasting = {"ends_because": None, "due_at": None, "leased_until": None, "attempts": 0}
        db.execute(update(OpenIncident).where(*ending).values(lasting))

    @staticmethod
    def is_being_ended(db: Session, channel_id: int, keys: Collection[str], now: datetime) -> bool:
        """Return whether the end of any of these incidents is leased, so that it may be sent at any moment."""
        # Locked, so that no end is leased between this question and the caller's message.
        leases = select(OpenIncident.leased_until).where(*_of_keys(channel_id, keys)).with_for_update()
        return any(until is not None and until > now for until in db.scalars(leases))

    @staticmethod
    def forget(db: Session, channel_id: int, keys: Collection[str]) -> None:
        """Delete incidents whose end was announced."""
        db.execute(delete(OpenIncident).where(*_of_keys(channel_id, keys)))

    @staticmethod
    def is_any(db: Session) -> bool:
        """Return whether any incident is open, or its end is still to be announced."""
        ((count,),) = rows_of(db, _COUNT)
        return bool(count)

    @staticmethod
    def get_lasting(db: Session) -> list[ChannelIncident]:
        """Return the incidents that last, with their channels, oldest first."""
        query = (
            select(OpenIncident, NotificationChannel)
            .join(NotificationChannel, NotificationChannel.id == OpenIncident.channel_id)
            .where(OpenIncident.ends_because.is_(None))
            .order_by(OpenIncident.id)
        )
        return [ChannelIncident(incident=incident, channel=channel) for incident, channel in db.execute(query)]

    @staticmethod
    def notifications_of(db: Session, incident: OpenIncident) -> list[NotificationFacts]:
        """Return the notifications of the opening message, without those of deleted websites and windows."""
        query = select_facts().where(_of_message(incident)).order_by(Notification.id)
        return [NotificationFacts(*row) for row in db.execute(query)]

    @staticmethod
    def notifications_of_lasting(db: Session) -> dict[int, list[NotificationFacts]]:
        """Return the notifications of the opening messages of all lasting incidents, by incident.

        Without those of messages whose answer was lost, except for each message's first one.
        """
        sent_together = and_(
            Notification.channel_id == OpenIncident.channel_id, Notification.sent_at == OpenIncident.told_at
        )
        ids = select(OpenIncident.id, OpenIncident.event, Notification.id.label("notification_id"))
        lasting = OpenIncident.ends_because.is_(None)
        # Each half has an index. With OR in a join, SQLite would read the whole outbox.
        pairs = union(
            ids.join(Notification, sent_together).where(lasting),
            ids.join(Notification, Notification.key == OpenIncident.key).where(lasting),
        ).subquery()
        # Without `+ 0`, SQLite 3.53 would index the pairs and read the whole outbox.
        has_id = Notification.id == pairs.c.notification_id + 0
        query = select_facts(pairs.c.id, pairs.c.event).join(pairs, has_id)
        found: dict[int, list[NotificationFacts]] = defaultdict(list)
        for incident_id, event, *row in db.execute(query):
            opening = NotificationFacts(*row)
            if opening.notification.event == event:
                found[incident_id].append(opening)
        return found

    @staticmethod
    def other_rules_of(db: Session, notification: Notification) -> list[tuple[NotificationRule, NotificationEvent]]:
        """Return other rules, with events, that notified this channel of the same failure, or are about to."""
        query = (
            select(NotificationRule, Notification.event)
            .join(Notification, Notification.rule_id == NotificationRule.id)
            .where(
                Notification.window_id == notification.window_id,
                Notification.channel_id == notification.channel_id,
                Notification.rule_id.is_distinct_from(notification.rule_id),
                Notification.event != NotificationEvent.UP,
                Notification.state.in_((NotificationState.SENT, NotificationState.PENDING)),
            )
        )
        return [(rule, event) for rule, event in db.execute(query)] if notification.window_id is not None else []

    @staticmethod
    def is_end_coming(db: Session, notification: Notification) -> bool:
        """Return whether the rule of *notification* has a pending notification that ends the incident."""
        query = select(Notification.id).where(
            Notification.channel_id == notification.channel_id,
            Notification.rule_id == notification.rule_id,
            Notification.event.in_(ENDINGS),
            Notification.state == NotificationState.PENDING,
        )
        if notification.event is not NotificationEvent.SILENT:  # a region's return may be announced for any website
            query = query.where(Notification.website_id == notification.website_id)
        return db.scalar(query.limit(1)) is not None

    @staticmethod
    def end(db: Session, incident: OpenIncident, because: str, now: datetime) -> None:
        """Mark the incident as ended, once, even if several processes detect it."""
        is_lasting = (OpenIncident.id == incident.id, OpenIncident.ends_because.is_(None))
        db.execute(update(OpenIncident).where(*is_lasting).values(ends_because=because, due_at=now))

    @staticmethod
    def lease(
        db: Session, now: datetime, until: datetime, limit: int, *, max_pause: timedelta
    ) -> list[ChannelIncident]:
        """Lease up to *limit* ended incidents that are due, except of disabled or waiting channels.

        Delays beyond *max_pause* and leases beyond *until* come from a fast clock and are ignored.
        """
        leased, due_at = OpenIncident.leased_until, OpenIncident.due_at
        free = or_(leased.is_(None), leased <= now, leased > until + CLOCK_TOLERANCE)
        is_due = or_(due_at <= now, due_at > now + max_pause + CLOCK_TOLERANCE)
        is_awake = OpenIncident.channel_id.not_in(NotificationChannelCRUD.resting(db, now, max_pause))
        due = (
            select(OpenIncident.id)
            .join(NotificationChannel, NotificationChannel.id == OpenIncident.channel_id)
            .where(is_due, free, NotificationChannel.is_enabled, is_awake)
            .order_by(OpenIncident.due_at, OpenIncident.id)
            .limit(limit)
        )
        ids = list(db.scalars(due))
        if not ids:
            return []
        is_ended = OpenIncident.ends_because.is_not(None)  # still: a new failure may have cancelled the end meanwhile
        taken = update(OpenIncident).where(OpenIncident.id.in_(ids), free, is_ended)
        db.execute(taken.values(leased_until=until, attempts=OpenIncident.attempts + 1))
        query = (
            select(OpenIncident, NotificationChannel)
            .join(NotificationChannel, NotificationChannel.id == OpenIncident.channel_id)
            .where(OpenIncident.id.in_(ids), OpenIncident.leased_until == until)
            .order_by(OpenIncident.due_at, OpenIncident.id)
            .execution_options(populate_existing=True)
        )
        return [ChannelIncident(incident=incident, channel=channel) for incident, channel in db.execute(query)]

    @staticmethod
    def finish(db: Session, incident: OpenIncident, leased_until: datetime, became: str) -> None:
        """Delete an incident whose end was announced or given up; add the result to its opening notifications."""
        ours = (OpenIncident.id == incident.id, OpenIncident.leased_until == leased_until)
        if db.scalar(delete(OpenIncident).where(*ours).returning(OpenIncident.id)) is None:
            return
        answer = func.coalesce(Notification.answer + " ", "") + became
        db.execute(update(Notification).where(_of_message(incident)).values(answer=answer))

    @staticmethod
    def release(db: Session, incident_ids: Sequence[int], leased_until: datetime, due_at: datetime) -> None:
        """Release incidents whose end was not tried; it is due at *due_at*."""
        ours = (OpenIncident.id.in_(incident_ids), OpenIncident.leased_until == leased_until)
        untried = {"leased_until": None, "attempts": OpenIncident.attempts - 1, "due_at": due_at}
        db.execute(update(OpenIncident).where(*ours).values(untried))

    @staticmethod
    def put_off(db: Session, incident_id: int, leased_until: datetime, due_at: datetime) -> None:
        """Release an incident whose end was rejected; it is retried at *due_at*."""
        ours = (OpenIncident.id == incident_id, OpenIncident.leased_until == leased_until)
        db.execute(update(OpenIncident).where(*ours).values(leased_until=None, due_at=due_at))


def _of_keys(channel_id: int, keys: Collection[str]) -> tuple[ColumnElement[bool], ...]:
    return OpenIncident.channel_id == channel_id, OpenIncident.key.in_(keys)


def _of_message(incident: OpenIncident) -> ColumnElement[bool]:
    """Return the condition for the notifications of the opening message."""
    # Each side has an index. With the channel as a condition of both, SQLite would read all rows of the channel.
    sent_together = and_(
        Notification.channel_id == incident.channel_id,
        Notification.sent_at == incident.told_at,
        Notification.event == NotificationEvent(incident.event),
    )
    conditions = [sent_together, Notification.key == incident.key]  # the latter also if the message's answer was lost
    window_ids = [
        website["window_id"] for website in incident.about.get("websites", ()) if website.get("window_id") is not None
    ]
    if window_ids:
        lost_together = and_(
            Notification.window_id.in_(window_ids),
            Notification.channel_id == incident.channel_id,
            Notification.event == NotificationEvent(incident.event),
            Notification.sent_at.is_(None),
            Notification.state.in_((NotificationState.PENDING, NotificationState.FAILED)),
        )
        conditions.append(lost_together)
    return or_(*conditions)
