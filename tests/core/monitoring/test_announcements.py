"""A flapping website is announced once, and its current state once it is steady again."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.models import Notification, NotificationEvent
from core.monitoring.downtime import Confirmation
from core.monitoring.probe import ProbeResult
from core.monitoring.record import record
from core.services import flapping
from tests.core.notifications.conftest import make_channel, make_rule
from tests.factories import at, make_website
from tests.probe_results import BAD, GOOD, judged_check

AT_ONCE = Confirmation(retries=0, recoveries=1, flapping_changes=4)
DOWN, UP, FLAPPING = NotificationEvent.DOWN, NotificationEvent.UP, NotificationEvent.FLAPPING


def play(store: Session, website_id: int, *story: tuple[float, ProbeResult], policy: Confirmation = AT_ONCE) -> None:
    for seconds, result in story:
        record(store, [judged_check(website_id, seconds, result)], policy)


def told(store: Session) -> list[NotificationEvent]:
    return list(store.scalars(select(Notification.event).order_by(Notification.id)))


def test_flapping_is_announced_once_and_followed_by_the_current_state(store: Session) -> None:
    make_rule(store, make_channel(store), events=["DOWN", "UP"])
    website = make_website(store)
    changes = [(60.0 * number, BAD if number % 2 == 0 else GOOD) for number in range(9)]

    play(store, website.id, *changes)
    assert told(store) == [DOWN, UP, DOWN, UP, FLAPPING]
    assert flapping.flapping(store, [website.id]) == {website.id: at(240)}

    play(store, website.id, (3_700, BAD), (4_000, BAD))
    assert told(store)[5:] == [DOWN]  # the window that is open, once it is steady
    assert flapping.flapping(store, [website.id]) == {}
    play(store, website.id, (4_100, GOOD))
    assert told(store)[6:] == [UP]


def test_a_steady_website_can_flap_again(store: Session) -> None:
    make_rule(store, make_channel(store), events=["FLAPPING"])
    website = make_website(store)
    story = [(60.0 * number, BAD if number % 2 == 0 else GOOD) for number in range(6)]

    play(store, website.id, *story, (9_000, GOOD), *[(10_000 + seconds, result) for seconds, result in story])

    assert told(store) == [FLAPPING, FLAPPING]


def test_every_change_is_announced_without_flapping_detection(store: Session) -> None:
    make_rule(store, make_channel(store), events=["DOWN", "UP"])
    website = make_website(store)
    story = [(60.0 * number, BAD if number % 2 == 0 else GOOD) for number in range(9)]

    play(store, website.id, *story, policy=replace(AT_ONCE, flapping_changes=0))

    assert len(told(store)) == 9
