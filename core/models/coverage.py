"""The known time of websites, from which uptime is calculated.

A check covers the time to the next check, up to a limit. While the monitor works there are no gaps, so a year of checks
is a handful of spans.
"""

from datetime import datetime

from sqlalchemy import Enum, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base, CheckId
from core.models.enums import MonitorStatus


class WebsiteState(Base):
    """The current state of a website: the result of its latest check, since when it lasts, and the open known span."""

    __tablename__ = "website_states"

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[MonitorStatus] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    checked_at: Mapped[datetime]
    """When the latest check began. Late checks do not change it."""
    known_since: Mapped[datetime | None]
    """The start of the open span of known time; None after an UNKNOWN check."""
    known_until: Mapped[datetime | None]
    """Until when the latest check is valid without another one; may lie in the future."""
    latest_check_id: Mapped[int | None] = mapped_column(CheckId)
    """Not a foreign key, so that deleting old checks need not read states. The check may be gone."""
    response_time_ms: Mapped[float | None]
    http_status_code: Mapped[int | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    failing_since: Mapped[datetime | None]
    """When the current run of failed checks began, confirmed or not; None unless the last check failed."""
    available_since: Mapped[datetime | None]
    """When the current run of good checks began; None unless the last check was good."""
    run_checks: Mapped[int | None]
    """The number of checks in the run, without UNKNOWN ones, up to a thousand."""
    run_until: Mapped[datetime | None]
    """When the last check of the run began, if UNKNOWN checks followed it."""
    certificate_expires_at: Mapped[datetime | None]
    certificate_issuer: Mapped[str | None] = mapped_column(String(255))
    rolled_until: Mapped[datetime | None]
    """Up to when its checks are aggregated in `core.models.rollup`; None before the first aggregation."""


class CoverageSpan(Base):
    """A closed span of known time, which a gap, an UNKNOWN check or a pause has ended."""

    __tablename__ = "coverage_spans"
    __table_args__ = (
        Index(None, "website_id", "ended_at"),  # services.coverage: the spans that touch a time range
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime]
