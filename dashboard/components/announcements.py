"""What was told to whom, and what became of it: a list of plain facts."""

from collections.abc import Sequence

from nicegui import ui

from core.models import NotificationState
from dashboard.components.elements import moment, text
from dashboard.queries.notifications import Told

WORDS = {
    NotificationState.PENDING: "on its way",
    NotificationState.SENT: "sent",
    NotificationState.FAILED: "given up",
    NotificationState.SKIPPED: "not sent",
}
LOOKS = {NotificationState.FAILED: "ww-is-down-text", NotificationState.PENDING: "ww-secondary"}


def announcements(told: Sequence[Told], *, empty: str) -> None:
    """A row for each of *told*; *empty* stands where there is none."""
    if not told:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("div").classes("ww-told").props("role=list"):
        for one in told:
            with ui.element("div").classes("ww-told-row").props("role=listitem"):
                with ui.element("div").classes("ww-what"):
                    if one.window_id is None:
                        text("b", one.what)
                    else:
                        ui.link(one.what, f"/downtime/{one.window_id}").classes("ww-told-link")
                    text("div", one.answer or "", "ww-muted ww-breaks")
                with ui.element("div").classes("ww-told-to"):
                    attempts = f", tried {one.attempts} times" if one.attempts > 1 else ""
                    text("span", f"{WORDS[one.state]}{attempts}", LOOKS.get(one.state, ""))
                    text("span", f"to {one.channel}", "ww-muted")
                    moment(one.at, is_long=True)
