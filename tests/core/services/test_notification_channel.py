"""A rate-limited channel waits."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from core.services import NotificationChannelCRUD
from tests.core.notifications.conftest import make_channel
from tests.factories import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("rests_for", "is_left_alone"),
    [
        (HOUR, True),
        (HOUR + timedelta(seconds=3), True),
        (HOUR + timedelta(minutes=1), False),
        (timedelta(), False),
    ],
    ids=["as its service asked", "as another machine's clock has it", "by a clock that was ahead", "over"],
)
def test_a_pause_far_in_the_future_is_ignored(store: Session, rests_for: timedelta, is_left_alone: bool) -> None:
    channel = make_channel(store)

    NotificationChannelCRUD.let_rest(store, channel.id, NOON + rests_for)

    assert NotificationChannelCRUD.resting(store, NOON, HOUR) == ({channel.id} if is_left_alone else set())
