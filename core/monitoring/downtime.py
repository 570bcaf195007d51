"""How checks open, extend and close downtime windows: confirmed, and back-dated to where it began. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol, Self

from core.models import MonitorStatus
from core.services.spans import Span
from core.services.website_state import Running


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How sure we want to be before a window opens or closes, and how many of them are too many."""

    retries: int = 2
    """Further failed checks after the first one before a website is called down."""
    recoveries: int = 1
    """Good checks in a row before a website is called back."""
    flapping_changes: int = 6
    """Changes in an hour that are no flapping yet; 0 where it is of no interest."""


CONFIRMATION = Confirmation()
"""What holds where nothing was set."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Checks in a row that say the same, all of failure or all of success; UNKNOWN ones between them do not count.

    Somebody looked all the time: see `core.services.website_state.run_after`.
    """

    since: datetime
    """When the first of them began."""
    checks: int

    @classmethod
    def of(cls, kept: Running) -> Self | None:
        """The run as the store keeps it; None where no check has said anything."""
        since = kept.failing_since or kept.available_since
        return cls(since=since, checks=kept.run_checks or 1) if since else None


class Window(Protocol):
    """What is asked of an open downtime window."""

    @property
    def started_at(self) -> datetime: ...
    @property
    def affected_checks_count(self) -> int: ...


class Check(Protocol):
    """What is asked of a check."""

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
    """It is still down."""

    affected_checks_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """It is back."""

    ended_at: datetime
    recovery_status: MonitorStatus


Transition = Opened | Extended | Closed


def advance(
    window: Window | None, check: Check, run: Run, confirmation: Confirmation = CONFIRMATION
) -> Transition | None:
    """Fold one check into the website's open downtime window.

    Args:
        window: The open window, or None while the website is up.
        check: A stored check, its time in UTC; must not be older than *window*.
        run: The checks in a row of which *check* is the last.

    Returns:
        The change to store and announce, or None when the check changes nothing. UNKNOWN never does:
        it says nothing of the website.

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
    """A run of failures as far as no maintenance excuses it.

    Args:
        maintenance: The website's spans of maintenance that touch the run, by start.
        at: When the latest check of the run began.

    Returns:
        None while maintenance lasts; from its end on where the website was down when it ended.
    """
    moment = at.timestamp()
    if any(start <= moment < end for start, end in maintenance):
        return None
    ends = [end for start, end in maintenance if end <= moment and end > run.since.timestamp()]
    return replace(run, since=datetime.fromtimestamp(max(ends), UTC)) if ends else run
