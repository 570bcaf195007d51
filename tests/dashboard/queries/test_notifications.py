"""Sent notifications as pages show them."""

from sqlalchemy.orm import Session

from core.models import NotificationEvent, NotificationState
from core.notifications.outbox import Change, announce
from core.services import NotificationCRUD
from dashboard.queries.notifications import notifications_of_window
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import NOON, at, make_website, make_window


def test_reminders_are_one_line_per_channel(store: Session) -> None:
    window = make_window(store, make_website(store, name="Shop"), started_at=NOON)
    for name in ("Chat", "Pager"):
        make_rule(store, make_channel(store, name=name), remind_seconds=60)
    for minute in range(1_200):
        event = NotificationEvent.REMINDER if minute else NotificationEvent.DOWN
        given = {"website_id": window.website_id, "window_id": window.id, "happened_at": at(60 * minute)}
        announce(store, [Change(event=event, episode=str(minute), **given)], at(60 * minute))  # type: ignore[arg-type]
    for one in NotificationCRUD.get_all(store, limit=9_999)[0]:
        one.state, one.sent_at = NotificationState.SENT, one.due_at
    store.flush()

    told = notifications_of_window(store, window.id)

    assert sorted((one.what, one.channel) for one in told) == [
        ("Shop is down", "Chat"),
        ("Shop is down", "Pager"),
        ("Shop is still down (1,199 reminders)", "Chat"),
        ("Shop is still down (1,199 reminders)", "Pager"),
    ]
    assert told[0].at == at(60 * 1_199)
