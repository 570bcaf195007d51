"""Counts the run of checks that all failed or all succeeded, and since when it lasts. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from core.models import MonitorStatus

MAX_GAP = timedelta(minutes=10)  # a longer gap between checks ends a run
MAX_COUNTED = 1_000  # upper limit of a run's count; no setting needs more, and a stable row is cheaper to write


class Verdict(Protocol):
    """The status of a check, and when it began."""

    @property
    def status(self) -> MonitorStatus: ...
    @property
    def checked_at(self) -> datetime: ...


class Running(Protocol):
    """A run of checks as a state keeps it; UNKNOWN checks within it are ignored."""

    @property
    def checked_at(self) -> datetime: ...
    @property
    def failing_since(self) -> datetime | None: ...
    @property
    def available_since(self) -> datetime | None: ...
    @property
    def run_checks(self) -> int | None: ...
    @property
    def run_until(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptRun:
    """A run of checks that all failed or all succeeded."""

    checked_at: datetime
    """When the latest check of any status began."""
    failing_since: datetime | None = None
    available_since: datetime | None = None
    run_checks: int | None = None
    run_until: datetime | None = None
    """When the last check that was not UNKNOWN began; None if that is the latest one."""


def run_after(before: Running | None, check: Verdict) -> KeptRun:
    """Return the run that *check* continues or begins, after the run *before*."""
    checked_at = check.checked_at
    if check.status == MonitorStatus.UNKNOWN:
        if before is None:
            return KeptRun(checked_at=checked_at)
        return KeptRun(
            checked_at=checked_at,
            failing_since=before.failing_since,
            available_since=before.available_since,
            run_checks=before.run_checks,
            run_until=before.run_until or before.checked_at,
        )
    is_failing = check.status == MonitorStatus.DOWN
    since, counted = checked_at, 1
    if before is not None and checked_at - (before.run_until or before.checked_at) <= MAX_GAP:
        begun = before.failing_since if is_failing else before.available_since
        if begun is not None:
            since = min(begun, checked_at)  # `begun` may lie ahead if the clock was set back
            counted = min((before.run_checks or 0) + 1, MAX_COUNTED)
    if is_failing:
        return KeptRun(checked_at=checked_at, failing_since=since, run_checks=counted)
    return KeptRun(checked_at=checked_at, available_since=since, run_checks=counted)
