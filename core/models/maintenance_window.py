"""Planned maintenance: checks continue, but there are no alarms and the time does not count for uptime."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CreatedAndUpdatedAt, ManagedByFile


class MaintenanceWindow(CreatedAndUpdatedAt, ManagedByFile, Base):
    """A single or recurring maintenance of one website, of the websites with a tag, or of all websites."""

    __tablename__ = "maintenance_windows"
    __table_args__ = (
        Index(None, "website_id"),  # the maintenance of a website; its cascade
        Index(None, "tag_id"),  # the maintenance of a tag; its cascade
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(255))
    website_id: Mapped[int | None] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    """The website concerned. If this and `tag_id` are None, all websites are."""
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    """The first start."""
    duration_seconds: Mapped[int]
    recurrence: Mapped[str | None] = mapped_column(String(512))
    """An RRULE (RFC 5545), such as ``FREQ=WEEKLY;BYDAY=SU``; None for a single occurrence."""
    timezone: Mapped[str] = mapped_column(String(64), default="UTC")
    """The IANA time zone whose wall clock the recurrence follows, in summer and winter."""
    ended_early: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    """ISO 8601 instants at which a person ended a running occurrence; None if nobody did."""
