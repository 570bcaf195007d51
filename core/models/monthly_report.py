"""A monthly report that is mailed on the first day of the next month, with the state of its last delivery."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile


class MonthlyReport(CreatedAndUpdatedAt, ManagedByFile, Base):
    __tablename__ = "monthly_reports"
    __table_args__ = (
        Index(None, "channel_id"),  # its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    """An e-mail channel, which provides the server and the sender."""
    recipients: Mapped[list[str]] = mapped_column(JSON)
    tag: Mapped[str | None] = mapped_column(String(64))
    """The tag of the websites in the report; None for all websites."""
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    """The time zone in which months begin and end."""
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    month: Mapped[date]
    """The first day of the last month that was or is being sent; initially the month before the report was created."""
    due_at: Mapped[datetime | None]
    """When the report of `month` is retried, unless its sender has finished by then; None when it is done."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    """The mail server's answer, or why nothing was sent."""
