"""Returns the marks on a downtime window's time axis. Pure."""

from datetime import datetime, timedelta

from core.models import DebugSession, SessionTrigger
from dashboard import theme
from dashboard.components.window_axis import Mark
from dashboard.queries.downtime_window import WindowState
from dashboard.words.debug_session import TRIGGER_WORDS

MARGIN = 0.06  # fraction of the window's length, before and after it
NEAR = timedelta(minutes=10)
MIN_MARGIN = timedelta(seconds=30)


def span(state: WindowState) -> tuple[datetime, datetime]:
    """Return the axis' start and end: the window with a margin, and the last good check if it is near."""
    began = state.window.started_at
    lasted = state.until - began
    margin = max(lasted * MARGIN, MIN_MARGIN)
    before = began - state.last_good.checked_at + MIN_MARGIN / 3 if state.last_good else margin
    return began - (max(before, margin) if before <= max(lasted, NEAR) else margin), state.until + margin


def marks(state: WindowState) -> list[Mark]:
    """Return all marks, oldest first."""
    found = [
        Mark(at=check.checked_at, kind=check.status.lower(), words=f"check: {theme.STATUS_WORDS[check.status].lower()}")
        for check in state.checks
    ]
    if state.last_good is not None and state.last_good.checked_at >= span(state)[0]:
        found.append(Mark(at=state.last_good.checked_at, kind="up", words="last good check"))
    found += map(_session, state.sessions)
    found += [
        Mark(at=notification.at, kind="notified", words=f"notified {notification.channel}")
        for notification in state.notifications
        if notification.state == "SENT"
    ]
    if state.window.acknowledged_at is not None:
        words = f"acknowledged by {state.window.acknowledged_by}"
        found.append(Mark(at=state.window.acknowledged_at, kind="acknowledged", words=words))
    return sorted(found, key=lambda mark: mark.at)


def _session(session: DebugSession) -> Mark:
    words = f"debug session {session.id}, {TRIGGER_WORDS[session.trigger or SessionTrigger.MANUAL]}"
    return Mark(at=session.started_at, kind="session", words=words, href=f"/debug-sessions/{session.id}")
