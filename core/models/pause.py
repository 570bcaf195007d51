"""A pause of a website, needed to judge checks that are stored after it."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class Pause(Base):
    __tablename__ = "pauses"
    __table_args__ = (
        Index(None, "website_id", "ended_at"),  # services.pause: pauses of some websites that end after a time
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When the website was resumed; None while it is paused."""

    def __repr__(self) -> str:
        return f"<Pause {self.id} of website {self.website_id}>"
