"""Old reminders are deleted from the outbox."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Notification, NotificationEvent, NotificationState
from core.services import NotificationCRUD, notification
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import NOON, make_website, make_window

DAY = timedelta(days=1)


def tell(db: Session, days_ago: Sequence[float], **given: object) -> None:
    rows = [
        {
            "key": f"{given}:{days}",
            "happened_at": NOON - days * DAY,
            "due_at": NOON - days * DAY,
            "created_at": NOON - days * DAY,
            "state": NotificationState.SENT,
            **given,
        }
        for days in days_ago
    ]
    NotificationCRUD.add(db, rows)


def kept(db: Session) -> list[tuple[NotificationEvent, float]]:
    rows = db.execute(select(Notification.event, Notification.created_at).order_by(Notification.created_at))
    return [(event, (NOON - created_at) / DAY) for event, created_at in rows]


def test_old_reminders_are_deleted_except_the_last_of_each_window(
    store: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notification, "BATCH", 2)
    channel, website = make_channel(store), make_website(store)
    window, other = make_window(store, website), make_window(store, website)
    ids = {"channel_id": channel.id, "website_id": website.id, "rule_id": make_rule(store, channel).id}
    tell(store, [40], event=NotificationEvent.DOWN, window_id=window.id, **ids)
    tell(store, [39, 38, 37, 36, 35], event=NotificationEvent.REMINDER, window_id=window.id, **ids)
    tell(store, [34, 33, 3, 2], event=NotificationEvent.REMINDER, window_id=other.id, **ids)

    deleted = []
    while count := NotificationCRUD.delete_reminders(store, NOON - 30 * DAY):
        deleted.append(count)

    assert deleted == [2, 2, 2]
    assert kept(store) == [
        (NotificationEvent.DOWN, 40),
        (NotificationEvent.REMINDER, 35),
        (NotificationEvent.REMINDER, 3),
        (NotificationEvent.REMINDER, 2),
    ]


def test_a_pending_reminder_is_kept_and_the_last_sent_one_too(store: Session) -> None:
    channel, website = make_channel(store), make_website(store)
    ids = {
        "channel_id": channel.id,
        "website_id": website.id,
        "rule_id": make_rule(store, channel).id,
        "window_id": make_window(store, website).id,
        "event": NotificationEvent.REMINDER,
    }
    tell(store, [39], **ids)
    tell(store, [38, 37], **{**ids, "state": NotificationState.PENDING})

    assert NotificationCRUD.delete_reminders(store, NOON - 30 * DAY) == 0
