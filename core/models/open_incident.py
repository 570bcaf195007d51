"""What a service that keeps incidents, or whoever listens to a webhook, was told and not yet told the end of."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class OpenIncident(Base):
    """Outlives its website: an incident of one that was deleted has to end as well."""

    __tablename__ = "open_incidents"
    __table_args__ = (
        Index(None, "channel_id", "key", unique=True),  # core.services.open_incident: one of each; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    """By which the service knows it: that of the notification which opened it."""
    event: Mapped[str] = mapped_column(String(16))
    """Of `NotificationEvent`: what it was opened by."""
    told_at: Mapped[datetime]
    """When the message went that opened it; with channel and event it names all notifications of that message."""
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What the message said to programs, without its links that let in."""
    ends_because: Mapped[str | None] = mapped_column(Text)
    """Why its end is to be told, in a sentence; None while it lasts."""
    due_at: Mapped[datetime | None]
    """When that is to be sent; later after a failed attempt."""
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    """Until then somebody is at it."""
