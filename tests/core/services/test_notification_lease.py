"""A notification belongs to the dispatcher that has leased it, until its lease expires."""

from sqlalchemy.orm import Session

from core.models import Notification, NotificationState
from core.services import notification_lease
from tests.core.notifications.conftest import make_channel
from tests.core.services.test_notification_message import told
from tests.factories import at


def pending(db: Session) -> Notification:
    return told(db, make_channel(db).id, state=NotificationState.PENDING, due_at=at(0), sent_at=None)


def test_a_leased_notification_is_leased_again_only_after_its_lease(store: Session) -> None:
    waiting = pending(store)

    leased = [notification_lease.lease(store, at(now), at(now + 120), 10) for now in (1, 60, 121)]

    assert [[one.id for one in some] for some in leased] == [[waiting.id], [], [waiting.id]]
    assert waiting.attempts == 2


def test_the_result_of_an_expired_lease_is_not_stored(store: Session) -> None:
    waiting = pending(store)
    for now in (1, 121):
        notification_lease.lease(store, at(now), at(now + 120), 10)

    notification_lease.finish(store, [waiting.id], at(121), state=NotificationState.FAILED, answer="Too late.")
    store.refresh(waiting)
    assert (waiting.state, waiting.answer) == (NotificationState.PENDING, None)
    assert not notification_lease.renew(store, [waiting.id], at(121), at(300))
    notification_lease.mark_sent(
        store, {waiting.id: "It burns."}, at(241), answer="Taken.", sent_at=at(122), has_picture=False
    )

    store.refresh(waiting)
    assert (waiting.state, waiting.answer, waiting.sent_at) == (NotificationState.SENT, "Taken.", at(122))
    assert waiting.detail == "It burns."


def test_a_notification_that_is_put_back_or_released_was_not_tried(store: Session) -> None:
    waiting = pending(store)
    notification_lease.lease(store, at(1), at(121), 10)

    notification_lease.put_back(store, waiting.id, at(121), "Waiting.", at(10))
    assert notification_lease.lease(store, at(9), at(129), 10) == []
    notification_lease.lease(store, at(11), at(131), 10)
    notification_lease.release(store, [waiting.id], at(131))

    store.refresh(waiting)
    assert (waiting.attempts, waiting.leased_until, waiting.due_at) == (0, None, at(10))
    assert notification_lease.next_due(store) == at(10)
