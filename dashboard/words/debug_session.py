"""Describes a debug session in words: its state, trigger and duration."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from core.models import DebugSession, DebugSessionState, SessionTrigger
from core.phrases import utc_second
from dashboard.format import local


@dataclass(frozen=True, slots=True, kw_only=True)
class StateWords:
    """A session's state in words."""

    words: str
    kind: str
    """The CSS class of its badge."""


STATE_WORDS = {
    DebugSessionState.QUEUED: StateWords(words="Waiting for a browser", kind="running"),
    DebugSessionState.RUNNING: StateWords(words="Running", kind="running"),
    DebugSessionState.COMPLETED: StateWords(words="Finished", kind="completed"),
    DebugSessionState.FAILED: StateWords(words="Failed", kind="failed"),
    DebugSessionState.CANCELLED: StateWords(words="Stopped", kind="stopped"),
    DebugSessionState.TIMED_OUT: StateWords(words="Timed out", kind="failed"),
}
FAULT_FOUND = StateWords(words="Fault found", kind="found")

TRIGGER_WORDS = {
    SessionTrigger.MANUAL: "started by hand",
    SessionTrigger.FAILURE: "started by a failure",
    SessionTrigger.RECOVERY: "started by a recovery",
    SessionTrigger.BASELINE: "started as a baseline",
    SessionTrigger.IMPORT: "imported",
}


def state_words(session: DebugSession, fault: str | None) -> StateWords:
    """Return the session's state; *fault* is the fault that it found, or None.

    A session without a state counts as completed. A completed session with a fault has its own state.
    """
    state = session.state or DebugSessionState.COMPLETED
    return FAULT_FOUND if fault and state == DebugSessionState.COMPLETED else STATE_WORDS[state]


def elapsed_words(session: DebugSession, now: datetime) -> str:
    """Return how long the session took, or has been running at *now* (UTC)."""
    seconds = max(0.0, ((session.completed_at or now) - session.started_at).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s" if session.completed_at else f"{int(seconds)} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def badge_words(session: DebugSession, fault: str | None, now: datetime) -> str:
    """Return the session's state with its duration."""
    return f"{state_words(session, fault).words}, {elapsed_words(session, now)}"


def name_of(session: DebugSession, zone: tzinfo | None = None) -> str:
    """Return the session's name in lists: number, start and state. Times are in UTC if *zone* is None."""
    started = local(session.started_at, zone) if zone else utc_second(session.started_at)
    return f"Session {session.id}, {started}, {state_words(session, None).words.lower()}"
