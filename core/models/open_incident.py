"""An incident that was opened at a service or announced by a webhook, and is not resolved there yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class OpenIncident(Base):
    """An open incident. It outlives its website, because the incident of a deleted website must be resolved too."""

    __tablename__ = "open_incidents"
    __table_args__ = (
        Index(None, "channel_id", "key", unique=True),  # core.services.open_incident: one of each; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("notification_channels.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(String(255))
    """The service's key of the incident: the key of the notification that opened it."""
    event: Mapped[str] = mapped_column(String(16))
    """The `NotificationEvent` that opened it."""
    told_at: Mapped[datetime]
    """When the opening message was sent. Channel, event and this time identify all notifications of that message."""
    about: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The machine-readable content of the message, without links that grant access."""
    ends_because: Mapped[str | None] = mapped_column(Text)
    """Why the incident ended, in a sentence; None while it lasts."""
    due_at: Mapped[datetime | None]
    """When to send its end; later after a failed attempt."""
    attempts: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    """The end of a dispatcher's lease."""
