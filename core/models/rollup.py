"""Rollups: results and times of checks aggregated by minute, hour and day, for charts.

A bucket contains the checks that began in it. Buckets are numbered from 1970 UTC, so that the number times the width is
an instant. The time in each status is not in buckets; `core.models.coverage` stores it as exact spans.
"""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from core.models.base import Base


class Rollup:
    """The columns of every width. "answered" counts checks that got an answer with a measured time."""

    __table_args__: tuple[object, ...] = ({"sqlite_with_rowid": False},)  # stores the rows of a website side by side

    website_id: Mapped[int] = mapped_column(ForeignKey("websites.id", ondelete="CASCADE"), primary_key=True)
    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    up: Mapped[int]
    degraded: Mapped[int]
    down: Mapped[int]
    unknown: Mapped[int]
    answered: Mapped[int]
    response_ms: Mapped[float]
    """The sum over answered checks, like the five sums below. Divide it to get the mean."""
    fastest_ms: Mapped[float | None]
    slowest_ms: Mapped[float | None]
    dns_ms: Mapped[float]
    dns_checks: Mapped[int]
    """The number of answered checks with this phase. Not every check has it."""
    connect_ms: Mapped[float]
    connect_checks: Mapped[int]
    tls_ms: Mapped[float]
    tls_checks: Mapped[int]
    ttfb_ms: Mapped[float]
    ttfb_checks: Mapped[int]
    download_ms: Mapped[float]
    download_checks: Mapped[int]
    sketch: Mapped[bytes] = mapped_column(LargeBinary)
    """The response times, encoded by `core.services.sketch`."""


class RollupMinute(Rollup, Base):
    """Completed minutes, aggregated from checks; deleted first."""

    __tablename__ = "rollup_minutes"


class RollupHour(Rollup, Base):
    """Completed hours, aggregated from minutes."""

    __tablename__ = "rollup_hours"


class RollupDay(Rollup, Base):
    """Completed UTC days, aggregated from hours."""

    __tablename__ = "rollup_days"
