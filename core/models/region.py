"""Regions: when a worker of each last reported, and the state of each website in each region."""

from datetime import datetime

from sqlalchemy import Boolean, Enum, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base
from core.models.enums import MonitorStatus


class Region(Base):
    __tablename__ = "regions"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    heard_at: Mapped[datetime | None]
    """When a worker of the region last reported, by the store's clock; None if none ever did."""
    silent_since: Mapped[datetime | None]
    """Since when the region is silent, which has been announced; None while it works."""


class RegionState(Base):
    """The state of a website in one region: the result of its latest check, and since when it lasts."""

    __tablename__ = "region_states"

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True)
    status: Mapped[MonitorStatus] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    """The status of the latest check, confirmed or not."""
    is_down: Mapped[bool] = mapped_column(Boolean)
    """Whether the region votes DOWN: a failure is confirmed, and no recovery is."""
    checked_at: Mapped[datetime]
    """When the latest check began. Late checks do not change it."""
    response_time_ms: Mapped[float | None]
    http_status_code: Mapped[int | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    error_kind: Mapped[str | None] = mapped_column(String(32))
    failing_since: Mapped[datetime | None]
    """When the current run of failed checks began; None unless the last check failed."""
    available_since: Mapped[datetime | None]
    """When the current run of good checks began; None unless the last check was good."""
    run_checks: Mapped[int | None]
    """The number of checks in the run, without UNKNOWN ones, up to a thousand."""
    run_until: Mapped[datetime | None]
    """When the last check of the run began, if UNKNOWN checks followed it."""
