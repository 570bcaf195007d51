"""A look: each step of a website's request, made separately while the website fails."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import utc_now
from core.models.base import Base, CheckId, CreatedAt


class Look(CreatedAt, Base):
    __tablename__ = "looks"
    __table_args__ = (
        Index(None, "website_id", "began_at"),  # the last good one of a website; those of a span
        Index(None, "window_id"),  # the looks of a window; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    window_id: Mapped[int | None] = mapped_column(ForeignKey("downtime_windows.id", ondelete="CASCADE"))
    """The window that it belongs to; None for a short failure without a window, and while the website is up."""
    check_id: Mapped[int | None] = mapped_column(CheckId)
    """The check that caused the look; not a foreign key, because checks are deleted earlier."""
    is_good: Mapped[bool]
    """Whether every step succeeded."""
    began_at: Mapped[datetime] = mapped_column(default=utc_now)
    duration_ms: Mapped[float]
    steps: Mapped[dict[str, Any]] = mapped_column(JSON)
    """`core.diagnosis.look_facts.LookFact` without the other columns: each step with its ms."""

    def __repr__(self) -> str:
        return f"<Look {self.id} at website {self.website_id}>"
