"""When a monthly report went out, to whom, and what the mail server said."""

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
    """The first day of the month that it was of."""
    recipients: Mapped[list[str]] = mapped_column(JSON)
    """Whom it was for then."""
    is_planned: Mapped[bool] = mapped_column(Boolean)
    """Whether it was that of a month that was over, and not sent by hand."""
    is_taken: Mapped[bool] = mapped_column(Boolean)
    ended_at: Mapped[datetime]
    """When it was taken, or given up."""
    answer: Mapped[str] = mapped_column(Text)
    """What the mail server said, or why nothing was sent."""
