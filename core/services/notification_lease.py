"""All SQL by which dispatchers lease due notifications from the outbox and store the results."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, not_, or_, select, update
from sqlalchemy.orm import Session

from core.clock import CLOCK_TOLERANCE
from core.models import Notification, NotificationEvent, NotificationState
from core.services.prepared import rows_of

MAX_HOLD = timedelta(hours=1)  # the longest delay of a due message while its service is rate-limited
_notifications = Notification.__table__
_NEXT_DUE = select(func.min(_notifications.c.due_at)).where(_notifications.c.state == bindparam("state"))


def lease(
    db: Session,
    now: datetime,
    until: datetime,
    limit: int,
    busy: Collection[int] = (),
    *,
    gathering: Collection[tuple[int, NotificationEvent]] = (),
) -> list[Notification]:
    """Lease up to *limit* due notifications, oldest first. Commit before sending.

    Channels in *busy* are skipped, and so are pairs of channel and event in *gathering*.
    """
    gathers = [and_(Notification.channel_id == key, Notification.event == event) for key, event in gathering]
    free = Notification.leased_until.is_(None) | (Notification.leased_until <= now)
    due = (
        select(Notification.id)
        .where(Notification.state == NotificationState.PENDING, Notification.due_at <= now, free)
        .where(Notification.channel_id.not_in(busy), *(not_(condition) for condition in gathers))
        .order_by(Notification.due_at, Notification.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(db.scalars(due))
    taken = (
        update(Notification)
        .where(Notification.id.in_(ids), Notification.state == NotificationState.PENDING, free)
        .values(leased_until=until, attempts=Notification.attempts + 1)
        .returning(Notification)
        .execution_options(populate_existing=True)
    )
    return sorted(db.scalars(taken), key=lambda notification: (notification.due_at, notification.id)) if ids else []


def sent_recently(
    db: Session, events: Collection[NotificationEvent], since: datetime, now: datetime
) -> Collection[tuple[int, NotificationEvent]]:
    """Return pairs of channel and event that were sent after *since*, ignoring dates in the future."""
    query = select(Notification.channel_id, Notification.event).where(
        Notification.state == NotificationState.SENT,
        Notification.due_at > since - MAX_HOLD,
        Notification.sent_at > since,
        Notification.sent_at <= now,
        Notification.event.in_(events),
    )
    return {(channel_id, event) for channel_id, event in db.execute(query.distinct())}


def renew(db: Session, notification_ids: Sequence[int], leased_until: datetime, until: datetime) -> bool:
    """Extend the lease; False if any lease expired and another dispatcher has it."""
    ours = (Notification.id.in_(notification_ids), Notification.leased_until == leased_until)
    renewed = update(Notification).where(*ours).values(leased_until=until).returning(Notification.id)
    return len(db.scalars(renewed).all()) == len(notification_ids)


def finish(
    db: Session,
    notification_ids: Sequence[int],
    leased_until: datetime,
    *,
    state: NotificationState,
    answer: str,
    due_at: datetime | None = None,
) -> None:
    """Store the result of notifications, unless their lease expired and another dispatcher has them."""
    values: dict[str, Any] = {"state": state, "answer": answer}
    _end_lease(db, notification_ids, leased_until, values if due_at is None else values | {"due_at": due_at})


def mark_sent(
    db: Session,
    causes: Mapping[int, str | None],
    leased_until: datetime,
    *,
    answer: str,
    sent_at: datetime,
    has_picture: bool,
) -> None:
    """Store that notifications were sent, unless their lease expired and another dispatcher has them.

    *causes* are the causes that they named, by id; None for one without.
    """
    values = {"state": NotificationState.SENT, "answer": answer, "sent_at": sent_at, "has_picture": has_picture}
    _end_lease(db, list(causes), leased_until, values)
    for notification_id, cause in causes.items():
        if cause is not None:
            db.execute(update(Notification).where(Notification.id == notification_id).values(detail=cause))


def _end_lease(db: Session, notification_ids: Sequence[int], leased_until: datetime, values: Mapping[str, Any]) -> None:
    ours = (Notification.id.in_(notification_ids), Notification.leased_until == leased_until)
    db.execute(update(Notification).where(*ours).values(leased_until=None, **values))


def put_back(db: Session, notification_id: int, leased_until: datetime, answer: str, due_at: datetime) -> None:
    """Release a notification that must wait, without counting an attempt, because attempts are limited."""
    db.execute(
        update(Notification)
        .where(Notification.id == notification_id, Notification.leased_until == leased_until)
        .values(leased_until=None, answer=answer, due_at=due_at, attempts=Notification.attempts - 1)
    )


def release(db: Session, notification_ids: Sequence[int], leased_until: datetime) -> None:
    """Release notifications that were not tried; their due time stays."""
    ours = (Notification.id.in_(notification_ids), Notification.leased_until == leased_until)
    db.execute(update(Notification).where(*ours).values(leased_until=None, attempts=Notification.attempts - 1))


def correct_due_times(db: Session, now: datetime, longest_delay: timedelta) -> None:
    """Correct due times that a fast clock set too far in the future.

    A notification that was created in the future keeps its delay, counted from *now*. A failed one is due at once
    if its next attempt lies further ahead than *longest_delay*.
    """
    latest = now + CLOCK_TOLERANCE
    waits = Notification.state == NotificationState.PENDING
    is_refused = and_(Notification.attempts > 0, Notification.due_at > latest + longest_delay)
    for notification in db.scalars(
        select(Notification).where(waits, or_(Notification.created_at > latest, is_refused))
    ):
        delay = notification.due_at - notification.created_at if notification.created_at > latest else timedelta()
        notification.due_at, notification.leased_until = now + max(delay, timedelta()), None
        notification.created_at = min(notification.created_at, now)
    db.flush()


def next_due(db: Session) -> datetime | None:
    """Return when the next pending notification is due; None if there is none."""
    ((moment,),) = rows_of(db, _NEXT_DUE, state=NotificationState.PENDING)
    due_at: datetime | None = moment
    return due_at
