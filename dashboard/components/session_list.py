"""A short list of debug sessions as links."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from core.models import DebugSession, DebugSessionState, SessionTrigger
from core.phrases import counted
from dashboard.components.elements import moment, status_shape, text
from dashboard.words.debug_session import FAULT_FOUND, TRIGGER_WORDS, state_words


def session_list(sessions: Sequence[DebugSession], faults: Mapping[int, str], *, empty: str) -> None:
    """Draw *sessions* in the given order, with their *faults* by session id; *empty* is shown if there are none."""
    if not sessions:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("div").classes("ww-windows"):
        for session in sessions:
            _line(session, faults.get(session.id))


def _line(session: DebugSession, fault: str | None) -> None:
    state = state_words(session, fault)
    with ui.link(target=f"/debug-sessions/{session.id}"):
        status_shape("DEGRADED" if state == FAULT_FOUND else _shape(session))
        with ui.element("div").classes("ww-what"):
            text("b", session.error_message or _requests(session))
            with ui.element("span").classes("ww-muted"):
                moment(session.started_at, is_long=True)
                text("span", f", {TRIGGER_WORDS[session.trigger or SessionTrigger.MANUAL]}")
        text("span", state.words, "ww-secondary").props["title"] = fault or ""


def _requests(session: DebugSession) -> str:
    failed = f", {session.failed_count} failed" if session.failed_count else ""
    return counted(session.request_count or 0, "request") + failed


def _shape(session: DebugSession) -> str:
    if not session.is_over or session.state == DebugSessionState.CANCELLED:
        return "UNKNOWN"
    return "UP" if session.success else "DOWN"
