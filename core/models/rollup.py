"""What checks said and measured, minute by minute, hour by hour and day by day: what charts are drawn from.

A bucket tells of the checks that began in it. It is numbered in buckets since 1970 UTC, so that the number times the
width is an instant. Time by status is no matter of buckets: `core.models.coverage` keeps it as spans, exact in any.
"""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class Rollup:
    """The columns of every width; "answered" are checks that got an answer whose time was measured."""

    __table_args__: tuple[object, ...] = ({"sqlite_with_rowid": False},)  # the rows of a website lie side by side

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    up: Mapped[int]
    degraded: Mapped[int]
    down: Mapped[int]
    unknown: Mapped[int]
    answered: Mapped[int]
    response_ms: Mapped[float]
    """The sum over answered checks, as the five below; a mean is had by dividing."""
    fastest_ms: Mapped[float | None]
    slowest_ms: Mapped[float | None]
    dns_ms: Mapped[float]
    dns_checks: Mapped[int]
    """How many of the answered checks the sum is of: a reused connection has no such phase."""
    connect_ms: Mapped[float]
    connect_checks: Mapped[int]
    tls_ms: Mapped[float]
    tls_checks: Mapped[int]
    ttfb_ms: Mapped[float]
    ttfb_checks: Mapped[int]
    download_ms: Mapped[float]
    download_checks: Mapped[int]
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    """The response times, as `core.services.sketch` packs them."""


class RollupMinute(Rollup, Base):
    """What raw checks say of each minute that is over; deleted first."""

    __tablename__ = "rollup_minutes"


class RollupHour(Rollup, Base):
    """What the minutes say of each hour that is over."""

    __tablename__ = "rollup_hours"


class RollupDay(Rollup, Base):
    """What the hours say of each day, of UTC's calendar, that is over."""

    __tablename__ = "rollup_days"
