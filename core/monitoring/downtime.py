"""Decides when checks open, extend and close downtime windows. Windows are back-dated to the first failure. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from core.clock import utc_at
from core.models import MonitorStatus
from core.services.runs import Running
from core.services.spans import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How many checks confirm that a website is down or up, and how many changes count as flapping."""

    retries: int = 2
    """Failed checks that must follow the first one before a window opens."""
    recoveries: int = 1
    """Good checks in a row that close a window."""
    flapping_changes: int = 6
    """The highest number of changes in an hour that is not flapping; 0 turns detection off."""


CONFIRMATION = Confirmation()
"""The defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Consecutive checks that all failed or all succeeded; UNKNOWN checks between them are ignored.

    A gap without checks ends a run, see `core.services.runs.run_after`.
    """

    since: datetime
    """When the first of them began."""
    checks: int

    @classmethod
    def of(cls, kept: Running) -> Self | None:
        """Return the run that the store keeps; None before the first check that is not UNKNOWN."""
        since = kept.failing_since or kept.available_since
        return cls(since=since, checks=kept.run_checks or 1) if since else None


class Window(Protocol):
    """The parts of an open downtime window that decisions need."""

    @property
    def started_at(self) -> datetime: ...
    @property
    def affected_checks_count(self) -> int: ...


class Check(Protocol):
    """The parts of a check that decisions need."""

    @property
    def id(self) -> int: ...
    @property
    def status(self) -> MonitorStatus: ...
    @property
    def checked_at(self) -> datetime: ...
    @property
    def error_message(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The website went down."""

    started_at: datetime
    """When the first failed check began."""
    root_cause: str | None
    affected_checks_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended:
    """The website is still down."""

    affected_checks_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The website is up again."""

    ended_at: datetime
    recovery_status: MonitorStatus


Transition = Opened | Extended | Closed


def advance(
    window: Window | None, check: Check, run: Run, confirmation: Confirmation = CONFIRMATION
) -> Transition | None:
    """Return how one check changes the website's open downtime window.

    Args:
        window: The open window, or None while the website is up.
        check: A stored check, its time in UTC; must not be older than *window*.
        run: The run of checks that ends with *check*.

    Returns:
        The change to store and announce, or None if there is none. An UNKNOWN check never changes anything.

    Raises:
        ValueError: The check is older than the window it would close.
    """
    if check.status == MonitorStatus.UNKNOWN:
        return None
    if check.status == MonitorStatus.DOWN:
        if window is not None:
            return Extended(affected_checks_count=window.affected_checks_count + 1)
        if run.checks <= confirmation.retries:
            return None
        return Opened(started_at=run.since, root_cause=check.error_message, affected_checks_count=run.checks)
    if window is None:
        return None
    if check.checked_at < window.started_at:
        raise ValueError(f"check {check.id} of {check.checked_at} is older than the window it would close")
    if run.checks < confirmation.recoveries:
        return None
    return Closed(ended_at=max(run.since, window.started_at), recovery_status=check.status)


def unexcused(run: Run, maintenance: Sequence[Span], at: datetime) -> Run | None:
    """Return the part of a run of failures that lies after maintenance.

    Args:
        maintenance: The website's spans of maintenance that touch the run, by start.
        at: When the latest check of the run began.

    Returns:
        None during maintenance. If the website was down when maintenance ended, the run begins at that end.
    """
    moment = at.timestamp()
    if any(start <= moment < end for start, end in maintenance):
        return None
    ends = [end for start, end in maintenance if end <= moment and end > run.since.timestamp()]
    return replace(run, since=utc_at(max(ends))) if ends else run
