"""Regions: when a worker of each was last heard, and what each finds of the websites that name it."""

from datetime import datetime

from sqlalchemy import Boolean, Enum, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base
from core.models.enums import MonitorStatus


class Region(Base):
    __tablename__ = "regions"

    name: Mapped[str] = mapped_column(String(32), primary_key=True)
    heard_at: Mapped[datetime | None]
    """When a worker of it last said that it checks, by the store's clock; None where none ever did."""
    silent_since: Mapped[datetime | None]
    """Since when it is called silent, which people were told; None while it is not."""


class RegionState(Base):
    """How a website is as one region sees it: what its latest check said, and since when."""

    __tablename__ = "region_states"

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    region: Mapped[str] = mapped_column(String(32), primary_key=True)
    status: Mapped[MonitorStatus] = mapped_column(Enum(MonitorStatus, validate_strings=True))
    """The latest check's verdict, confirmed or not."""
    is_down: Mapped[bool] = mapped_column(Boolean)
    """Whether the region says that the website is down: its failure is confirmed, and its recovery is not."""
    checked_at: Mapped[datetime]
    """When the latest check began; one that is stored late does not move it back."""
    response_time_ms: Mapped[float | None]
    http_status_code: Mapped[int | None]
    error_message: Mapped[str | None] = mapped_column(Text)
    error_kind: Mapped[str | None] = mapped_column(String(32))
    failing_since: Mapped[datetime | None]
    """When the first of the failed checks in a row began; None unless the last one failed."""
    available_since: Mapped[datetime | None]
    """When the first of the good checks in a row began; None unless the last one was good."""
    run_checks: Mapped[int | None]
    """How many checks in a row have said the same, UNKNOWN ones left out; counted up to a thousand."""
    run_until: Mapped[datetime | None]
    """When the last of them began, where UNKNOWN ones have followed."""
