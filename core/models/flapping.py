"""A span of time in which a website flapped."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class FlappingSpan(Base):
    __tablename__ = "flapping_spans"
    __table_args__ = (
        Index(None, "website_id", "ended_at"),  # services.flapping: which websites flap now
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    """When the number of changes exceeded the limit."""
    ended_at: Mapped[datetime | None]
    """When the website was found steady again; None while it flaps."""
