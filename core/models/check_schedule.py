"""When each website is due in each region that checks it, as the workers of a fleet share it.

A store that one monitor checks needs none of it.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class CheckSchedule(Base):
    __tablename__ = "check_schedules"
    __table_args__ = (
        # services.check_schedule.claim: what is due; of a region that is cut off that is more and more
        Index(None, "region", "next_due_at"),
    )

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True, default="", server_default="")
    """Empty where the website names no region: any worker checks it."""
    interval_seconds: Mapped[int]
    """The website's check interval when it was planned last."""
    next_due_at: Mapped[datetime | None]
    """By the store's clock; None while the website is paused."""
    answered_request: Mapped[str | None] = mapped_column(String(32))
    """The newest request to check it at once that a worker took up, so that no other one does."""
