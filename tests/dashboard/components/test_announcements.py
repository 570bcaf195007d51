"""Notifications of one message are one line."""

from datetime import datetime

from core.models import NotificationState
from dashboard.components.announcements import messages
from dashboard.queries.notifications import NotificationWords
from tests.factories import at


def told(
    number: int, moment: datetime, *, what: str = "", state: NotificationState = NotificationState.SENT
) -> NotificationWords:
    return NotificationWords(
        id=number,
        at=moment,
        what=what or f"Shop {number} is down",
        window_id=None,
        channel="On call",
        state=state,
        attempts=1,
        answer="noted",
    )


def ids(found: list[list[NotificationWords]]) -> list[list[int]]:
    return [[one.id for one in message] for message in found]


def test_notifications_of_one_message_are_grouped() -> None:
    joint = [told(number, at(60)) for number in (5, 4, 3)]

    assert ids(messages([told(6, at(61)), *joint, told(2, at(0)), told(1, at(0))])) == [[6], [5, 4, 3], [2], [1]]


def test_notifications_of_several_rules_are_not_grouped() -> None:
    assert ids(messages([told(number, at(0), what="Shop is down") for number in (3, 2, 1)])) == [[3], [2], [1]]


def test_unsent_notifications_are_not_grouped() -> None:
    waiting = [told(number, at(0), state=NotificationState.PENDING) for number in (3, 2, 1)]

    assert ids(messages(waiting)) == [[3], [2], [1]]
