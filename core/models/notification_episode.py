"""A time during which a rule's condition holds for a website. Only its beginning is announced."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class NotificationEpisode(Base):
    __tablename__ = "notification_episodes"
    __table_args__ = (
        Index(None, "website_id"),  # its cascade
    )

    rule_id: Mapped[int] = mapped_column(ForeignKey("notification_rules.id", ondelete="CASCADE"), primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    event: Mapped[str] = mapped_column(String(16), primary_key=True)
    """SLOW, BUDGET or UNSTEADY of `NotificationEvent`."""
    began_at: Mapped[datetime]
