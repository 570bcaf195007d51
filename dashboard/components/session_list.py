"""Debug sessions as a short list of links."""

from collections.abc import Mapping, Sequence

from nicegui import ui

from core.models import DebugSession, DebugSessionState, SessionTrigger
from core.phrases import counted
from dashboard.components.elements import moment, status_shape, text
from dashboard.components.session_bar import FAULT_FOUND, TRIGGER_WORDS, outcome


def session_list(sessions: Sequence[DebugSession], faults: Mapping[int, str], *, empty: str) -> None:
    """The *sessions* in the order given, with the *faults* that they found by id; *empty* says why there are none."""
    if not sessions:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("div").classes("ww-windows"):
        for session in sessions:
            told = outcome(session, faults.get(session.id))
            with ui.link(target=f"/debug-sessions/{session.id}"):
                status_shape("DEGRADED" if told == FAULT_FOUND else _shape(session))
                with ui.element("div").classes("ww-what"):
                    text("b", session.error_message or _requests(session))
                    with ui.element("span").classes("ww-muted"):
                        moment(session.started_at, is_long=True)
                        text("span", f", {TRIGGER_WORDS[session.trigger or SessionTrigger.MANUAL]}")
                text("span", told[0], "ww-secondary").props["title"] = faults.get(session.id, "")


def _requests(session: DebugSession) -> str:
    failed = f", {session.failed_count} failed" if session.failed_count else ""
    return counted(session.request_count or 0, "request") + failed


def _shape(session: DebugSession) -> str:
    if not session.is_over or session.state == DebugSessionState.CANCELLED:
        return "UNKNOWN"
    return "UP" if session.success else "DOWN"
