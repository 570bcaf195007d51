"""A delivery of a monthly report: when, to whom, and the mail server's answer."""

from datetime import date, datetime

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class ReportDelivery(Base):
    __tablename__ = "report_deliveries"
    __table_args__ = (
        Index(None, "report_id", "id"),  # services.monthly_report: the last ones of a report; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("monthly_reports.id", ondelete="CASCADE"))
    month: Mapped[date]
    """The first day of the reported month."""
    recipients: Mapped[list[str]] = mapped_column(JSON)
    """The recipients at that time."""
    is_planned: Mapped[bool] = mapped_column(Boolean)
    """Whether it was the regular report of a month, and not sent by hand."""
    is_taken: Mapped[bool] = mapped_column(Boolean)
    ended_at: Mapped[datetime]
    """When the server accepted it, or when sending was given up."""
    answer: Mapped[str] = mapped_column(Text)
    """The mail server's answer, or why nothing was sent."""
