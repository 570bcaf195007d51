"""A report of each month that goes out by mail on the first of the next one, and what became of the last."""

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
    """An e-mail channel, of which the server and the sender are taken."""
    recipients: Mapped[list[str]] = mapped_column(JSON)
    tag: Mapped[str | None] = mapped_column(String(64))
    """Of whose websites it is; of all where there is none."""
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    """By whose clocks a month begins and ends."""
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    month: Mapped[date]
    """The first day of the last month that was sent or is being sent; at first that before the report was asked for."""
    due_at: Mapped[datetime | None]
    """When the report of `month` is tried again, unless whoever is at it has sent it by then; None when it is done."""
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    answer: Mapped[str | None] = mapped_column(Text)
    """What the mail server said, or why nothing was sent."""
