"""How checks open, extend and close downtime windows. Pure."""

from dataclasses import dataclass
from datetime import datetime

from core.models import DowntimeWindow, MonitorCheck, MonitorStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """The website went down."""

    started_at: datetime
    root_cause: str | None


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


def advance(window: DowntimeWindow | None, check: MonitorCheck) -> Transition | None:
    """Fold one check into the website's open downtime window.

    Args:
        window: The open window, or None while the website is up.
        check: A stored check, its time in UTC; must not be older than *window*.

    Returns:
        The change to store and announce, or None when the check changes nothing. UNKNOWN never does:
        it says nothing of the website.

    Raises:
        ValueError: The check is older than the window it would close.
    """
    if check.status == MonitorStatus.UNKNOWN:
        return None
    if check.status == MonitorStatus.DOWN:
        if window is None:
            return Opened(started_at=check.checked_at, root_cause=check.error_message)
        return Extended(affected_checks_count=window.affected_checks_count + 1)
    if window is None:
        return None
    if check.checked_at < window.started_at:
        raise ValueError(f"check {check.id} of {check.checked_at} is older than the window it would close")
    return Closed(ended_at=check.checked_at, recovery_status=check.status)
