"""About which time something is known of a website, from which uptime is reckoned.

A check speaks from its beginning until the next one's, but only for so long; the spans in which checks speak
follow each other without a gap while the monitor works, so that a year of checks is a handful of rows.
"""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base
from core.models.enums import MonitorStatus


class WebsiteState(Base):
    """What the latest check of a website said, and the span of known time that it is still extending."""

    __tablename__ = "website_states"

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[MonitorStatus] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    checked_at: Mapped[datetime]
    """When the latest check began; one that is stored late does not move it back."""
    known_since: Mapped[datetime | None]
    """The start of the span of known time that is still open; None after a check that said nothing."""
    known_until: Mapped[datetime | None]
    """How far the latest check speaks when no other follows; may lie ahead."""


class CoverageSpan(Base):
    """A span of known time that has ended: what came after it is a gap, or was a check that said nothing."""

    __tablename__ = "coverage_spans"
    __table_args__ = (
        Index(None, "website_id", "ended_at"),  # services.coverage: the spans that touch a time range
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
