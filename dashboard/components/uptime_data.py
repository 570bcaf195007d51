"""The data of the uptime chart and the downtime timeline."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Protocol

from core.models import MonitorStatus
from dashboard.components.time_axis import TimeAxis

MARKS = 400  # positions that the eye can distinguish on an axis


class Window(Protocol):
    """What lists and timelines show of a downtime window."""

    @property
    def id(self) -> int: ...
    @property
    def website_id(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def ended_at(self) -> datetime | None: ...
    @property
    def initial_status(self) -> MonitorStatus: ...
    @property
    def root_cause(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Downtime:
    """A downtime window, or several that are drawn as one."""

    window_id: int
    started_at: datetime
    ended_at: datetime | None
    """None while the window is open; it is then drawn until now."""
    cause: str | None
    times: int = 1
    """The number of windows drawn as one; the fields above are the newest's, except the start."""
    down_seconds: float | None = None
    """The downtime of several windows together; None for one window."""

    @classmethod
    def of(cls, window: Window) -> "Downtime":
        return cls(window_id=window.id, started_at=window.started_at, ended_at=window.ended_at, cause=window.root_cause)

    def lasted(self, until: datetime) -> float:
        """Return the seconds of downtime, until *until* if it is open."""
        whole = ((self.ended_at or until) - self.started_at).total_seconds()
        return whole if self.down_seconds is None else self.down_seconds

    def share(self, until: datetime) -> float:
        """Return the share of downtime in the time that the mark covers; 1 for one window."""
        whole = ((self.ended_at or until) - self.started_at).total_seconds()
        return 1.0 if self.down_seconds is None or whole <= 0 else min(self.down_seconds / whole, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """One occurrence of maintenance."""

    name: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A bucket of checks, or one check. Times are those of checks with a response."""

    started_at: datetime
    seconds: float
    """The bucket's length; 0 for one check."""
    checks: int
    down: int
    degraded: int
    p50_ms: float | None
    p95_ms: float | None
    phases: tuple[float | None, ...]
    """In the order of `uptime_chart.PHASES`."""
    note: str | None = None
    """The result of a single check."""

    @property
    def middle(self) -> datetime:
        """The point's position on the axis."""
        return self.started_at + timedelta(seconds=self.seconds / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """The span that the axis shows."""

    since: datetime
    until: datetime
    gap_seconds: float
    """The distance from which points are not connected."""
    zone: tzinfo = UTC
    """The reader's time zone."""

    @property
    def axis(self) -> TimeAxis:
        """The axis of this span."""
        return TimeAxis(since=self.since, until=self.until, zone=self.zone)


def joined(windows: Sequence[Downtime], *, since: datetime, until: datetime) -> list[Downtime]:
    """Return *windows*, oldest first. Windows without a visible gap between them are joined into one."""
    apart = (until - since) / MARKS
    marks: list[Downtime] = []
    for window in sorted(windows, key=lambda window: window.started_at):
        older = marks[-1] if marks else None
        if older is not None and older.ended_at is not None and window.started_at - older.ended_at <= apart:
            seconds = older.lasted(until) + window.lasted(until)
            started_at, times = older.started_at, older.times + 1
            marks[-1] = replace(window, started_at=started_at, times=times, down_seconds=seconds)
        else:
            marks.append(window)
    return marks
