"""SQL about notifications that went in one message: of several rules, or of many websites."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, Notification


def key_of(db: Session, sent: Notification) -> str:
    """The key under which the message went that told of *sent*."""
    first = select(Notification.key).where(*_together(sent)).order_by(Notification.due_at, Notification.id)
    return db.scalar(first.limit(1)) or sent.key


def is_over(db: Session, sent: Notification) -> bool:
    """Whether all downtime has ended that the message of *sent* told of."""
    still_down = (
        select(Notification.id)
        .join(DowntimeWindow, DowntimeWindow.id == Notification.window_id)
        .where(*_together(sent), DowntimeWindow.ended_at.is_(None))
    )
    return db.scalar(still_down.limit(1)) is None


def websites_of(db: Session, sent: Notification) -> int:
    """Of how many websites the message of *sent* told, its own among them."""
    return db.scalar(select(func.count(Notification.website_id.distinct())).where(*_together(sent))) or 0


def _together(sent: Notification) -> tuple[ColumnElement[bool], ...]:
    return (
        Notification.channel_id == sent.channel_id,
        Notification.event == sent.event,
        Notification.sent_at == sent.sent_at,  # of one message it is the very same
    )
