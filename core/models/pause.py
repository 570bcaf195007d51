"""When a website was paused: of checks that are stored only later nothing else tells."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class Pause(Base):
    __tablename__ = "pauses"
    __table_args__ = (
        Index(None, "website_id", "ended_at"),  # services.pause: those of these websites that are not over before
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was resumed; None while it is paused."""

    def __repr__(self) -> str:
        return f"<Pause {self.id} of website {self.website_id}>"
