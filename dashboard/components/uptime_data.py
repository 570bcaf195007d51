"""What the uptime chart and the downtime timeline are drawn from."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo

from core.models import DowntimeWindow
from dashboard.components.time_axis import TimeAxis

MARKS = 400  # that an eye tells apart on an axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """A downtime window as the charts need it."""

    window_id: int
    started_at: datetime
    ended_at: datetime | None
    """None while it is open: it is drawn until now."""
    cause: str | None
    times: int = 1
    """How many windows are drawn as one, of which the newest is named."""
    down_seconds: float | None = None
    """How long those lasted in all; None for one window."""

    @classmethod
    def of(cls, window: DowntimeWindow) -> "Downtime":
        return cls(window_id=window.id, started_at=window.started_at, ended_at=window.ended_at, cause=window.root_cause)

    def lasted(self, until: datetime) -> float:
        """Seconds that it was down, up to *until* while it still is."""
        whole = ((self.ended_at or until) - self.started_at).total_seconds()
        return whole if self.down_seconds is None else self.down_seconds

    def share(self, until: datetime) -> float:
        """Of the time that it is drawn over, how much it was down: 1 for one window."""
        whole = ((self.ended_at or until) - self.started_at).total_seconds()
        return 1.0 if self.down_seconds is None or whole <= 0 else min(self.down_seconds / whole, 1.0)


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

    @property
    def axis(self) -> TimeAxis:
        """Where a moment stands."""
        return TimeAxis(since=self.since, until=self.until, zone=self.zone)


def joined(windows: Sequence[Downtime], *, since: datetime, until: datetime) -> list[Downtime]:
    """The *windows*, oldest first; those between which an axis shows no gap are one, named for the newest."""
    apart = (until - since) / MARKS
    marks: list[Downtime] = []
    for window in sorted(windows, key=lambda each: each.started_at):
        older = marks[-1] if marks else None
        if older is not None and older.ended_at is not None and window.started_at - older.ended_at <= apart:
            seconds = older.lasted(until) + window.lasted(until)
            started_at, times = older.started_at, older.times + 1
            marks[-1] = replace(window, started_at=started_at, times=times, down_seconds=seconds)
        else:
            marks.append(window)
    return marks
