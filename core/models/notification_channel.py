"""A notification channel: a service, a webhook or a mailbox, with its address."""

from datetime import datetime

from sqlalchemy import Boolean, Enum, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile
from core.models.enums import ChannelKind


class NotificationChannel(CreatedAndUpdatedAt, ManagedByFile, Base):
    __tablename__ = "notification_channels"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255), unique=True)
    kind: Mapped[ChannelKind] = mapped_column(Enum(ChannelKind, validate_strings=True))
    sealed_address: Mapped[str] = mapped_column(Text)
    """The address as JSON, including secrets, sealed by `core.sealing`."""
    summary: Mapped[str] = mapped_column(String(255))
    """The public part of the address: the host or the recipients."""
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    rests_until: Mapped[datetime | None]
    """Until when the service asked us to wait (rate limit)."""
