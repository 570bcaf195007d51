"""All SQL about the outbox of notifications: adding, leasing and finishing them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, func, not_, or_, select, update
from sqlalchemy.orm import Session, aliased

from core.clock import as_utc
from core.models import Notification, NotificationEvent, NotificationState
from core.services.bulk import insert_new
from core.services.prepared import rows_of
from core.services.rows import page_of
from core.services.website_state import CLOCK_TOLERANCE

BATCH = 2_000  # deleted rows per transaction, to block nobody
MAX_HOLD = timedelta(hours=1)  # the longest delay of a due message while its service is rate-limited
_notifications = Notification.__table__
_NEXT_DUE = select(func.min(_notifications.c.due_at)).where(_notifications.c.state == bindparam("state"))


class NotificationCRUD:
    """Add notifications to the outbox, lease due ones, and store the results."""

    @staticmethod
    def add(db: Session, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows whose keys are new."""
        insert_new(db, Notification, rows)

    @staticmethod
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

    @staticmethod
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

    @staticmethod
    def renew(db: Session, notification_ids: Sequence[int], leased_until: datetime, until: datetime) -> bool:
        """Extend the lease; False if any lease expired and another dispatcher has it."""
        ours = (Notification.id.in_(notification_ids), Notification.leased_until == leased_until)
        renewed = update(Notification).where(*ours).values(leased_until=until).returning(Notification.id)
        return len(db.scalars(renewed).all()) == len(notification_ids)

    @staticmethod
    def finish(
        db: Session,
        notification_ids: Sequence[int],
        leased_until: datetime,
        *,
        state: NotificationState,
        answer: str,
        due_at: datetime | None = None,
        sent_at: datetime | None = None,
        has_picture: bool | None = None,
        causes: Mapping[int, str] | None = None,
    ) -> None:
        """Store the result of notifications, unless their lease expired and another dispatcher has them.

        For sent ones, also store the cause that they named (*causes*), by id.
        """
        values: dict[str, Any] = {"state": state, "answer": answer, "leased_until": None}
        values |= {"sent_at": sent_at, "has_picture": has_picture}
        if due_at is not None:
            values["due_at"] = due_at
        db.execute(
            update(Notification)
            .where(Notification.id.in_(notification_ids), Notification.leased_until == leased_until)
            .values(**values)
        )
        if state is NotificationState.SENT:
            for notification_id, cause in (causes or {}).items():
                db.execute(update(Notification).where(Notification.id == notification_id).values(detail=cause))

    @staticmethod
    def named_causes(db: Session, notification: Notification) -> list[str]:
        """Return the causes that messages through this channel named for the window of *notification*."""
        query = select(Notification.detail).where(
            Notification.window_id == notification.window_id,
            Notification.channel_id == notification.channel_id,
            Notification.state == NotificationState.SENT,
            Notification.detail.is_not(None),
        )
        return [cause for cause in db.scalars(query) if cause is not None]

    @staticmethod
    def put_back(db: Session, notification_id: int, leased_until: datetime, answer: str, due_at: datetime) -> None:
        """Release a notification that must wait, without counting an attempt, because attempts are limited."""
        db.execute(
            update(Notification)
            .where(Notification.id == notification_id, Notification.leased_until == leased_until)
            .values(leased_until=None, answer=answer, due_at=due_at, attempts=Notification.attempts - 1)
        )

    @staticmethod
    def release(db: Session, notification_ids: Sequence[int], leased_until: datetime) -> None:
        """Release notifications that were not tried; their due time stays."""
        ours = (Notification.id.in_(notification_ids), Notification.leased_until == leased_until)
        db.execute(update(Notification).where(*ours).values(leased_until=None, attempts=Notification.attempts - 1))

    @staticmethod
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

    @staticmethod
    def next_due(db: Session) -> datetime | None:
        """Return when the next pending notification is due; None if there is none."""
        ((moment,),) = rows_of(db, _NEXT_DUE, state=NotificationState.PENDING)
        due_at: datetime | None = moment
        return due_at

    @staticmethod
    def of_window(db: Session, rule_id: int, window_id: int, event: NotificationEvent) -> Notification | None:
        """Return a rule's notification of this event for a window; None if there is none."""
        query = select(Notification).where(
            Notification.rule_id == rule_id, Notification.window_id == window_id, Notification.event == event
        )
        return db.scalar(query.limit(1))

    @staticmethod
    def of_fault(db: Session, rule_id: int, fault_id: int) -> Notification | None:
        """Return a rule's FAULT notification of a fault; None if there is none."""
        query = select(Notification).where(
            Notification.rule_id == rule_id,
            Notification.fault_id == fault_id,
            Notification.event == NotificationEvent.FAULT,
        )
        return db.scalar(query.limit(1))

    @staticmethod
    def of_silence(db: Session, rule_id: int, episode: str) -> Notification | None:
        """Return a rule's notification of a region's silence, for any website; None if there is none."""
        query = select(Notification).where(
            Notification.rule_id == rule_id,
            Notification.event == NotificationEvent.SILENT,
            Notification.key.endswith(f":silent:{episode}", autoescape=True),
        )
        return db.scalar(query.limit(1))

    @staticmethod
    def counts_of_window(db: Session, window_id: int) -> dict[int, int]:
        """Return the window's notifications as ids with counts; reminders are grouped by channel and state.

        There may be thousands of reminders.
        """
        is_reminder = Notification.event == NotificationEvent.REMINDER
        query = (
            select(func.max(Notification.id), func.count())
            .where(Notification.window_id == window_id)
            .group_by(Notification.channel_id, Notification.state, case((is_reminder, 0), else_=Notification.id))
        )
        return {row[0]: row[1] for row in db.execute(query)}

    @staticmethod
    def is_announced(db: Session, window_id: int) -> bool:
        """Return whether any notification of a window was sent or is being sent."""
        announced = or_(Notification.state == NotificationState.SENT, Notification.leased_until.is_not(None))
        return (
            db.scalar(select(Notification.id).where(Notification.window_id == window_id, announced).limit(1))
            is not None
        )

    @staticmethod
    def was_sent_since(db: Session, rule_id: int, website_id: int, moment: datetime, *, but_for: int | None) -> bool:
        """Return whether a rule sent a notification of another failure of the website since *moment*."""
        query = select(Notification.id).where(
            Notification.rule_id == rule_id,
            Notification.website_id == website_id,
            Notification.event == NotificationEvent.DOWN,
            Notification.state == NotificationState.SENT,
            Notification.happened_at >= moment,
        )
        if but_for is not None:
            query = query.where(Notification.id != but_for)
        return db.scalar(query.limit(1)) is not None

    @staticmethod
    def delete_reminders(db: Session, before: datetime) -> int:
        """Delete a batch of reminders from before *before*; returns how many, 0 once none is left.

        The last reminder of each rule, window and state stays, because the next one is scheduled from it.
        """
        later = aliased(Notification)
        is_followed = select(later.id).where(
            later.window_id == Notification.window_id,
            later.rule_id.is_not_distinct_from(Notification.rule_id),
            later.channel_id == Notification.channel_id,
            later.event == Notification.event,
            later.state == Notification.state,
            later.id > Notification.id,
        )
        old = select(Notification.id).where(
            Notification.event == NotificationEvent.REMINDER,
            Notification.state != NotificationState.PENDING,
            Notification.created_at < as_utc(before),
            is_followed.exists(),
        )
        ids = db.scalars(old.order_by(Notification.id).limit(BATCH)).all()
        db.execute(delete(Notification).where(Notification.id.in_(ids)))
        return len(ids)

    @staticmethod
    def get_all(
        db: Session,
        skip: int = 0,
        limit: int = 50,
        *,
        window_id: int | None = None,
        website_id: int | None = None,
        channel_id: int | None = None,
        state: NotificationState | None = None,
        since: datetime | None = None,
    ) -> tuple[list[Notification], int]:
        """Return a page of the outbox, newest first, with filters, and the total."""
        query = select(Notification).order_by(Notification.created_at.desc(), Notification.id.desc())
        if window_id is not None:
            query = query.where(Notification.window_id == window_id)
        if website_id is not None:
            query = query.where(Notification.website_id == website_id)
        if channel_id is not None:
            query = query.where(Notification.channel_id == channel_id)
        if state is not None:
            query = query.where(Notification.state == state)
        if since is not None:
            query = query.where(Notification.created_at >= as_utc(since))
        return page_of(db, query, skip=skip, limit=limit)
