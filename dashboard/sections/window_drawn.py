"""Returns what each part of a downtime window's page depends on, to redraw a part only if that changed. Pure."""

from datetime import timedelta

from dashboard.queries.downtime_window import WindowState

GATHERING = timedelta(minutes=10)  # after the window's start; evidence is not gathered later


def of_findings(state: WindowState) -> tuple[object, ...]:
    """Return what the findings depend on."""
    found = [(finding.sentence, finding.confidence, finding.why, finding.rests_on) for finding in state.findings]
    return state.failing.id if state.failing else None, found or nothing_found(state)


def of_sessions(state: WindowState) -> tuple[object, ...]:
    """Return what the list of debug sessions depends on."""
    sessions = [
        (session.id, session.state, session.success, session.request_count, session.error_message)
        for session in state.sessions
    ]
    return sessions, state.faults


def of_notifications(state: WindowState) -> list[object]:
    """Return what the list of notifications depends on."""
    return list(state.notifications)


def of_browser(state: WindowState) -> tuple[object, ...]:
    """Return what the waterfall and the comparison depend on."""
    failing, baseline = state.failing, state.baseline
    return failing.id if failing else None, baseline.id if baseline else None, state.failing_row


def nothing_found(state: WindowState) -> str:
    """Return the text shown when there is no finding."""
    if not state.checks:
        return "No checks are stored: the window was entered manually, or its checks were deleted by retention."
    is_new = state.until - state.window.started_at < GATHERING
    if state.window.ended_at is None and (is_new or not all(session.is_over for session in state.sessions)):
        return "Collecting evidence. Findings appear here automatically."
    return "No evidence was collected. The checks below show what failed."
