"""SQL about notifications that were sent in one message, for several rules or websites, and about earlier ones."""

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, FlappingSpan, Notification, NotificationEvent, NotificationState

BEGINNING = (NotificationEvent.DOWN, NotificationEvent.REMINDER, NotificationEvent.FLAPPING)
"""Events of which the first one begins the thread of a failure."""


def key_of(db: Session, sent: Notification) -> str:
    """Return the key of the message that contained *sent*."""
    first = select(Notification.key).where(*_together(sent)).order_by(Notification.due_at, Notification.id)
    return db.scalar(first.limit(1)) or sent.key


def is_over(db: Session, sent: Notification) -> bool:
    """Return whether all downtime in the message of *sent* has ended."""
    still_down = (
        select(Notification.id)
        .join(DowntimeWindow, DowntimeWindow.id == Notification.window_id)
        .where(*_together(sent), DowntimeWindow.ended_at.is_(None))
    )
    return db.scalar(still_down.limit(1)) is None


def websites_of(db: Session, sent: Notification) -> int:
    """Return the number of websites in the message of *sent*, including its own."""
    return db.scalar(select(func.count(Notification.website_id.distinct())).where(*_together(sent))) or 0


def first_announced(db: Session, channel_id: int, window_id: int, *, is_sent: bool = True) -> Notification | None:
    """Return the first notification through a channel, by any rule, of a window's failure.

    If it need not be sent yet, pending ones count too, after all sent ones.
    """
    states = [NotificationState.SENT] if is_sent else [NotificationState.SENT, NotificationState.PENDING]
    query = select(Notification).where(
        Notification.window_id == window_id,
        Notification.channel_id == channel_id,
        Notification.event.in_(BEGINNING),
        Notification.state.in_(states),
    )
    return db.scalar(query.order_by(Notification.sent_at.is_(None), Notification.sent_at, Notification.id).limit(1))


def flapping_amid(db: Session, notification: Notification) -> Notification | None:
    """Return the earlier FLAPPING notification, through the same channel, for the time of *notification*'s window."""
    span = and_(FlappingSpan.website_id == Notification.website_id, FlappingSpan.started_at == Notification.happened_at)
    query = (
        select(Notification)
        .join(FlappingSpan, span)
        .join(DowntimeWindow, DowntimeWindow.id == notification.window_id)
        .where(
            Notification.website_id == notification.website_id,
            Notification.channel_id == notification.channel_id,
            Notification.event == NotificationEvent.FLAPPING,
            Notification.state == NotificationState.SENT,
            Notification.id < notification.id,
            or_(FlappingSpan.ended_at.is_(None), FlappingSpan.ended_at >= DowntimeWindow.started_at),
            or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at >= FlappingSpan.started_at),
        )
    )
    return db.scalar(query.order_by(Notification.id.desc()).limit(1))


def first_reminder(db: Session, failure: Notification) -> Notification | None:
    """Return the first sent reminder of *failure*, even if *failure* itself was not sent."""
    query = select(Notification).where(
        Notification.rule_id == failure.rule_id,
        Notification.window_id == failure.window_id,
        Notification.event == NotificationEvent.REMINDER,
        Notification.state == NotificationState.SENT,
    )
    return db.scalar(query.order_by(Notification.sent_at, Notification.id).limit(1))


def flapping_before(db: Session, recovery: Notification) -> Notification | None:
    """Return the FLAPPING notification before *recovery*, if no other recovery was sent since."""
    query = select(Notification).where(
        Notification.rule_id == recovery.rule_id,
        Notification.website_id == recovery.website_id,
        Notification.event.in_((NotificationEvent.FLAPPING, NotificationEvent.UP)),
        Notification.state == NotificationState.SENT,
        Notification.id < recovery.id,
    )
    last = db.scalar(query.order_by(Notification.id.desc()).limit(1))
    return last if last is not None and last.event is NotificationEvent.FLAPPING else None


def _together(sent: Notification) -> tuple[ColumnElement[bool], ...]:
    return (
        Notification.channel_id == sent.channel_id,
        Notification.event == sent.event,
        Notification.sent_at == sent.sent_at,  # identical for all notifications of one message
    )
