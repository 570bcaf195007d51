"""When each website is due in each of its regions, shared by the workers of a fleet.

A store with a single monitor does not use this table.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class CheckSchedule(Base):
    __tablename__ = "check_schedules"
    __table_args__ = (
        # services.check_schedule.claim: due rows; a region without workers accumulates them
        Index(None, "region", "next_due_at"),
    )

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True, default="", server_default="")
    """Empty if the website names no region, so that any worker checks it."""
    interval_seconds: Mapped[int]
    """The website's check interval when this row was last planned."""
    next_due_at: Mapped[datetime | None]
    """By the store's clock; None while the website is paused."""
    answered_request: Mapped[str | None] = mapped_column(String(32))
    """The latest request for an immediate check that a worker claimed, so that no other worker does."""
