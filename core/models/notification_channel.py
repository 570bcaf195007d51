"""Where notifications go: a service, a webhook or a mailbox, with what is needed to reach it."""

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
    """JSON of how it is reached, secrets and all, sealed by `core.sealing`."""
    summary: Mapped[str] = mapped_column(String(255))
    """What may be shown of that: the host or the recipients."""
    is_enabled: Mapped[bool] = mapped_column(Boolean, default=True)
    rests_until: Mapped[datetime | None]
    """Until when its service asked to be left alone."""
