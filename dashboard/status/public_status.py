"""Decides the status that status pages and badges show, which is not always that of the latest check. Pure."""

from datetime import datetime

from core.models import MonitorStatus, WebsiteState
from core.services.website_state import is_in_doubt


def public_status(
    state: WebsiteState | None, *, is_active: bool, is_down: bool, is_resting: bool, now: datetime
) -> str:
    """Return UP, DEGRADED, DOWN, UNKNOWN or MAINTENANCE.

    Args:
        state: The state after the latest check; None if the website was never checked.
        is_active: Whether the website is not paused.
        is_down: Whether it has an open downtime window.
        is_resting: Whether it is in maintenance.
        now: The current time.
    """
    if is_resting:
        return "MAINTENANCE"
    if state is None or not is_active:
        return MonitorStatus.UNKNOWN
    if state.status == MonitorStatus.UNKNOWN:
        return MonitorStatus.UNKNOWN
    if is_down:
        return MonitorStatus.DOWN
    if state.known_until is None or state.known_until < now:  # the latest check is too old
        return MonitorStatus.UNKNOWN
    if state.status != MonitorStatus.DOWN:
        return state.status
    # An unconfirmed failure is not downtime yet.
    return MonitorStatus.UNKNOWN if is_in_doubt(state) else MonitorStatus.UP
