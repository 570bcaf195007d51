"""What everybody is told of a website's status, which is not what its latest check said. Pure."""

from datetime import datetime

from core.models import MonitorStatus, WebsiteState
from core.services.website_state import is_in_doubt


def public_status(
    state: WebsiteState | None, *, is_active: bool, is_down: bool, is_resting: bool, now: datetime
) -> str:
    """UP, DEGRADED, DOWN, UNKNOWN or MAINTENANCE.

    Args:
        state: What its latest check said; None where it was never checked.
        is_active: Whether it is checked, and not paused.
        is_down: Whether it has an open downtime window.
        is_resting: Whether it is in maintenance.
        now: The moment of which is told.
    """
    if is_resting:
        return "MAINTENANCE"
    if state is None or not is_active:
        return MonitorStatus.UNKNOWN
    if state.status == MonitorStatus.UNKNOWN:
        return MonitorStatus.UNKNOWN
    if is_down:
        return MonitorStatus.DOWN
    if state.known_until is None or state.known_until < now:  # nobody looked for long
        return MonitorStatus.UNKNOWN
    if state.status != MonitorStatus.DOWN:
        return state.status
    return MonitorStatus.UNKNOWN if is_in_doubt(state) else MonitorStatus.UP  # one failed check is no downtime yet
