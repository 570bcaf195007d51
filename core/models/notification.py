"""The outbox of notifications, written in the transaction of the change that they announce."""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAt
from core.models.enums import NotificationEvent, NotificationState


class Notification(CreatedAt, Base):
    __tablename__ = "notifications"
    __table_args__ = (
        Index(None, "state", "due_at"),  # notifications.dispatch: what is due
        Index(None, "window_id"),  # the notifications of a window; its cascade
        Index(None, "website_id", "created_at"),  # the notifications of a website; the cool-down of a rule
        Index(None, "fault_id"),  # the notifications of a fault; its cascade
        Index(None, "channel_id", "sent_at"),  # what went in one message; its cascade
        Index(None, "rule_id"),  # its SET NULL
        Index(None, "created_at", "id"),  # the log, newest first
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(255), unique=True)
    """Identifies the notification and its receiver, so that nothing is sent twice. Some services use it too."""
    channel_id: Mapped[int] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("notification_rules.id", ondelete="SET NULL"))
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("downtime_windows.id", ondelete="CASCADE"))
    fault_id: Mapped[int | None] = mapped_column(ForeignKey("website_faults.id", ondelete="CASCADE"))
    """The fault, for FAULT and MENDED."""
    event: Mapped[NotificationEvent] = mapped_column(Enum(NotificationEvent, validate_strings=True))
    happened_at: Mapped[datetime]
    detail: Mapped[str | None] = mapped_column(Text)
    """A sentence about the event, if neither a window nor the latest check has one. After sending, the cause that the
    message named."""
    due_at: Mapped[datetime]
    """When to send it; later after a failed attempt."""
    state: Mapped[NotificationState] = mapped_column(
        Enum(NotificationState, validate_strings=True), default=NotificationState.PENDING
    )
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    """The end of a dispatcher's lease, which expires if the dispatcher dies."""
    sent_at: Mapped[datetime | None]
    has_picture: Mapped[bool | None]
    """Whether the sent message contained a picture; None before it is sent."""
    answer: Mapped[str | None] = mapped_column(Text)
    """The service's answer, or why nothing was sent."""
