"""What the uptime chart and the downtime timeline are drawn from."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """A downtime window as the charts need it."""

    window_id: int
    started_at: datetime
    ended_at: datetime | None
    """None while it is open: it is drawn until now."""
    cause: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """One time of maintenance as the charts need it."""

    name: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A bucket of checks, or one check, as the chart needs it; measured values are of checks that got an answer."""

    started_at: datetime
    seconds: float
    """How long the bucket is; 0 for one check."""
    checks: int
    down: int
    degraded: int
    p50_ms: float | None
    p95_ms: float | None
    phases: tuple[float | None, ...]
    """In the order of `uptime_chart.PHASES`."""
    note: str | None = None
    """Of one check: what it found."""

    @property
    def middle(self) -> datetime:
        """Where it stands on the axis."""
        return self.started_at + timedelta(seconds=self.seconds / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What the axis shows."""

    since: datetime
    until: datetime
    gap_seconds: float
    """Points further apart are not joined."""
    zone: tzinfo = UTC
    """The reader's."""
