"""All SQL about stored notifications, except for their delivery (`notification_lease`)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.clock import as_utc
from core.models import Notification, NotificationEvent, NotificationState
from core.services.bulk import insert_new
from core.services.rows import page_of

BATCH = 2_000  # deleted rows per transaction, to block nobody


class NotificationCRUD:
    """Add notifications to the outbox, find, count and delete them."""

    @staticmethod
    def add(db: Session, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows whose keys are new."""
        insert_new(db, Notification, rows)

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
        if since is not None:
            query = query.where(Notification.created_at >= as_utc(since))
        equal = {"window_id": window_id, "website_id": website_id, "channel_id": channel_id, "state": state}
        return page_of(db, query, skip=skip, limit=limit, **equal)
