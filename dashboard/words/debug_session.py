"""A debug session in words: how it stands, why it was started, how long it took."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from core.models import DebugSession, DebugSessionState, SessionTrigger
from dashboard.format import local, utc


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a session stands."""

    words: str
    kind: str
    """The class of its badge."""


STANDINGS = {
    DebugSessionState.QUEUED: Standing(words="Waiting for a browser", kind="running"),
    DebugSessionState.RUNNING: Standing(words="Running", kind="running"),
    DebugSessionState.COMPLETED: Standing(words="Finished", kind="completed"),
    DebugSessionState.FAILED: Standing(words="Failed", kind="failed"),
    DebugSessionState.CANCELLED: Standing(words="Stopped", kind="stopped"),
    DebugSessionState.TIMED_OUT: Standing(words="Timed out", kind="failed"),
}
FAULT_FOUND = Standing(words="Fault found", kind="found")

TRIGGER_WORDS = {
    SessionTrigger.MANUAL: "started by hand",
    SessionTrigger.FAILURE: "started by a failure",
    SessionTrigger.RECOVERY: "started by a recovery",
    SessionTrigger.BASELINE: "started as a baseline",
    SessionTrigger.IMPORT: "imported",
}


def standing(session: DebugSession, fault: str | None) -> Standing:
    """How the session stands; *fault* is what it found, None where it found none.

    A session of unknown state counts as finished; one that went through its course may have found a fault.
    """
    state = session.state or DebugSessionState.COMPLETED
    return FAULT_FOUND if fault and state == DebugSessionState.COMPLETED else STANDINGS[state]


def elapsed_words(session: DebugSession, now: datetime) -> str:
    """How long the session took, or has been running at *now* (UTC)."""
    seconds = max(0.0, ((session.completed_at or now) - session.started_at).total_seconds())
    if seconds < 60:
        return f"{seconds:.1f} s" if session.completed_at else f"{int(seconds)} s"
    return f"{int(seconds // 60)} min {int(seconds % 60)} s"


def badge_words(session: DebugSession, fault: str | None, now: datetime) -> str:
    """How the session stands, and how long it took, or has been running at *now* (UTC)."""
    return f"{standing(session, fault).words}, {elapsed_words(session, now)}"


def name_of(session: DebugSession, zone: tzinfo | None = None) -> str:
    """A session in a list of its website's: its number, start and state; in UTC where no *zone* is known."""
    started = local(session.started_at, zone) if zone else utc(session.started_at)
    return f"Session {session.id}, {started}, {standing(session, None).words.lower()}"
