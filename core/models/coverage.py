"""About which time something is known of a website, from which uptime is reckoned.

A check speaks from its beginning until the next one's, but only for so long; the spans in which checks speak
follow each other without a gap while the monitor works, so that a year of checks is a handful of rows.
"""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CheckId
from core.models.enums import MonitorStatus


class WebsiteState(Base):
    """How a website is now: what its latest check said, since when, and the span of known time that it extends."""

    __tablename__ = "website_states"

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[MonitorStatus] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    checked_at: Mapped[datetime]
    """When the latest check began; one that is stored late does not move it back."""
    known_since: Mapped[datetime | None]
    """The start of the span of known time that is still open; None after a check that said nothing."""
    known_until: Mapped[datetime | None]
    """How far the latest check speaks when no other follows; may lie ahead."""
    latest_check_id: Mapped[int | None] = mapped_column(CheckId)
    """May have been deleted since: it is no foreign key, so that deleting old checks looks at no state."""
    response_time_ms: Mapped[float | None]
    http_status_code: Mapped[int | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None]
    """When the first of the failed checks in a row began, confirmed or not; None unless the last one failed."""
    available_since: Mapped[datetime | None]
    """When the first of the good checks in a row began; None unless the last one was good."""
    run_checks: Mapped[int | None]
    """How many checks in a row have said the same, UNKNOWN ones left out; counted up to a thousand."""
    run_until: Mapped[datetime | None]
    """When the last of them began, where it was not the latest check: UNKNOWN ones have followed."""
    certificate_expires_at: Mapped[datetime | None]
    certificate_issuer: Mapped[str | None] = mapped_column(String(255))
    rolled_until: Mapped[datetime | None]
    """Up to when its checks are added up in `core.models.rollup`; None where that was never begun."""


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
