"""The notifications of one message are found again."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.models import DowntimeWindow, Notification, NotificationEvent, NotificationState
from core.services import notification_message
from tests.conftest import Queries
from tests.core.notifications.conftest import make_channel
from tests.factories import NOON, make_website, make_window


def told(db: Session, channel_id: int, **given: Any) -> Notification:
    """That a website of its own is down."""
    window: DowntimeWindow = make_window(db, make_website(db))
    values: dict[str, Any] = {
        "key": f"1:{window.website_id}:down:{window.id}",
        "website_id": window.website_id,
        "window_id": window.id,
        "channel_id": channel_id,
        "event": NotificationEvent.DOWN,
        "state": NotificationState.SENT,
        **dict.fromkeys(("happened_at", "due_at", "sent_at"), NOON),
    }
    notification = Notification(**values | given)
    db.add(notification)
    db.flush()
    return notification


def test_a_message_is_found_by_the_key_of_its_first_notification(store: Session) -> None:
    channel_id = make_channel(store).id
    later = told(store, channel_id, due_at=NOON - timedelta(seconds=1))
    first = told(store, channel_id, due_at=NOON - timedelta(seconds=2))
    alone = told(store, channel_id, sent_at=NOON + timedelta(seconds=1))

    assert [notification_message.key_of(store, one) for one in (later, first, alone)] == [
        first.key,
        first.key,
        alone.key,
    ]
    assert [notification_message.websites_of(store, one) for one in (later, alone)] == [2, 1]


def test_the_notifications_of_a_message_are_found_by_an_index(db: Session, query_counter: Queries) -> None:
    one = told(db, make_channel(db).id)

    with query_counter.counted(db.get_bind().engine) as queries:
        notification_message.key_of(db, one)
        notification_message.websites_of(db, one)

    for asked in queries.statements:
        plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}", (0,) * asked.count("?")).all()
        assert "(channel_id=? AND sent_at=?)" in str(plan)
