"""Time in which a website may be down: checks go on, alarms and uptime do not count."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile


class MaintenanceWindow(CreatedAndUpdatedAt, ManagedByFile, Base):
    """Once, or again and again by a rule; of one website, of a tag's websites, or of all."""

    __tablename__ = "maintenance_windows"
    __table_args__ = (
        Index(None, "website_id"),  # the maintenance of a website; its cascade
        Index(None, "tag_id"),  # the maintenance of a tag; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    website_id: Mapped[int | None] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    """The website that it is for; where this and `tag_id` are None, it is for all."""
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    """The first time it starts."""
    duration_seconds: Mapped[int]
    recurrence: Mapped[str | None] = mapped_column(String(512))
    """An RRULE of RFC 5545, such as ``FREQ=WEEKLY;BYDAY=SU``; None for once."""
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    """The IANA name of the zone by whose clocks it recurs, through summer and winter."""
    ended_early: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """Instants in ISO 8601 at which a person ended the occurrence that was running; None where nobody has."""
