"""A list of notifications. One message about many websites is folded into one line."""

from collections.abc import Sequence
from itertools import groupby

from nicegui import ui
from nicegui.events import GenericEventArguments

from core.models import NotificationState
from dashboard.components.elements import moment, text
from dashboard.queries.notifications import NotificationWords

STATE_WORDS = {
    NotificationState.PENDING: "pending",
    NotificationState.SENT: "sent",
    NotificationState.FAILED: "failed",
    NotificationState.SKIPPED: "not sent",
}
LOOKS = {NotificationState.FAILED: "ww-is-down-text", NotificationState.PENDING: "ww-secondary"}
MIN_FOLDED = 3  # notifications of one message, from which on they are folded


def announcements(notifications: Sequence[NotificationWords], *, empty: str, unfolded: set[int] | None = None) -> None:
    """Draw a row per notification; a folded row for the notifications of one message.

    Args:
        notifications: The notifications, newest first.
        empty: The text shown if there are none.
        unfolded: Ids of the first notifications of unfolded messages, updated here. None folds nothing.
    """
    if not notifications:
        text("p", empty, "ww-table-empty")
        return
    with ui.element("div").classes("ww-notifications").props("role=list"):
        for message in (
            [[notification] for notification in notifications] if unfolded is None else messages(notifications)
        ):
            with ui.element("div").props("role=listitem"):
                if len(message) == 1 or unfolded is None:
                    _row(message[0])
                else:
                    _folded(message, unfolded)


def messages(notifications: Sequence[NotificationWords]) -> list[list[NotificationWords]]:
    """Group the notifications that one message sent together; leave the others alone. Pure."""
    found: list[list[NotificationWords]] = []
    for (_at, _channel, state), run in groupby(
        notifications, key=lambda notification: (notification.at, notification.channel, notification.state)
    ):
        together = list(run)
        # One message has one time. Several rules can send the same about one website, so different texts are counted.
        is_joint = (
            state is NotificationState.SENT and len({notification.what for notification in together}) >= MIN_FOLDED
        )
        found += [together] if is_joint else [[notification] for notification in together]
    return found


def _folded(message: Sequence[NotificationWords], unfolded: set[int]) -> None:
    first = message[-1]

    def toggled(event: GenericEventArguments) -> None:
        (unfolded.add if event.args else unfolded.discard)(first.id)

    with ui.element("details") as fold:
        fold.on("toggle", toggled, js_handler="(event) => emit(event.target.open)")
        with ui.element("summary").classes("ww-notification"):
            others = len({notification.what for notification in message}) - 1
            with ui.element("div").classes("ww-what"):
                text("b", f"{first.what}, and {others} others in the same message")
                text("div", first.answer or "", "ww-muted ww-breaks")
            _outcome(first)
        with ui.element("div").props("role=list"):
            for notification in message:
                with ui.element("div").props("role=listitem"):
                    _row(notification)
        if first.id in unfolded:
            fold.props("open")


def _row(notification: NotificationWords) -> None:
    with ui.element("div").classes("ww-notification"):
        with ui.element("div").classes("ww-what"):
            if notification.window_id is None:
                text("b", notification.what)
            else:
                ui.link(notification.what, f"/downtime/{notification.window_id}").classes("ww-notification-link")
            text("div", notification.answer or "", "ww-muted ww-breaks")
        _outcome(notification)


def _outcome(notification: NotificationWords) -> None:
    with ui.element("div").classes("ww-notification-outcome"):
        attempts = f", {notification.attempts} attempts" if notification.attempts > 1 else ""
        text("span", f"{STATE_WORDS[notification.state]}{attempts}", LOOKS.get(notification.state, ""))
        text("span", f"to {notification.channel}", "ww-muted")
        moment(notification.at, is_long=True)
