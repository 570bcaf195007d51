"""How checks open, extend and close downtime windows: confirmed, and back-dated to where it began. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.models import DowntimeWindow, MonitorCheck, MonitorStatus

AVAILABLE = (MonitorStatus.UP, MonitorStatus.DEGRADED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmation:
    """How sure we want to be before a window opens or closes."""

    retries: int = 2
    """Further failed checks after the first one before a website is called down."""
    recoveries: int = 1
    """Good checks in a row before a website is called back."""
    longest_gap: timedelta = timedelta(minutes=10)
    """Checks further apart do not confirm each other: nobody looked in between."""

    @property
    def needed(self) -> int:
        """How many earlier checks `advance` has to be given at most."""
        return max(self.retries, self.recoveries - 1)


CONFIRMATION = Confirmation()
"""What holds where nothing was set."""


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
    window: DowntimeWindow | None,
    check: MonitorCheck,
    *,
    earlier: Sequence[MonitorCheck] = (),
    confirmation: Confirmation = CONFIRMATION,
) -> Transition | None:
    """Fold one check into the website's open downtime window.

    Args:
        window: The open window, or None while the website is up.
        check: A stored check, its time in UTC; must not be older than *window*.
        earlier: The checks before it, newest first, at least `Confirmation.needed` of them where there are.

    Returns:
        The change to store and announce, or None when the check changes nothing. UNKNOWN never does:
        it says nothing of the website.

    Raises:
        ValueError: The check is older than the window it would close.
    """
    if check.status == MonitorStatus.UNKNOWN:
        return None
    run = _run(check, earlier, confirmation)
    if check.status == MonitorStatus.DOWN:
        if window is not None:
            return Extended(affected_checks_count=window.affected_checks_count + 1)
        if len(run) <= confirmation.retries:
            return None
        first = run[-1]
        return Opened(started_at=first.checked_at, root_cause=check.error_message, affected_checks_count=len(run))
    if window is None:
        return None
    if check.checked_at < window.started_at:
        raise ValueError(f"check {check.id} of {check.checked_at} is older than the window it would close")
    if len(run) < confirmation.recoveries:
        return None
    first = run[-1]
    return Closed(ended_at=max(first.checked_at, window.started_at), recovery_status=check.status)


def _run(check: MonitorCheck, earlier: Sequence[MonitorCheck], confirmation: Confirmation) -> list[MonitorCheck]:
    """The checks that say the same as *check*, from it back to the first, as far as somebody looked all the time."""
    run = [check]
    for before in earlier:
        if before.status == MonitorStatus.UNKNOWN:
            continue
        same = (before.status in AVAILABLE) == (check.status in AVAILABLE)
        if not same or run[-1].checked_at - before.checked_at > confirmation.longest_gap:
            break
        run.append(before)
    return run
