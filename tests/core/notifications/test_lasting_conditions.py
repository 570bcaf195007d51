"""The episode of a silent region is part of the notification's key."""

import pytest

from core.notifications.lasting_conditions import silence_of


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("7:12:silent:eu 2026-11-30T12:00:00+00:00", "eu 2026-11-30T12:00:00+00:00"),
        ("7:12:down", ""),
    ],
    ids=["of a silence", "of none"],
)
def test_silence_of_returns_the_episode_in_the_key(key: str, expected: str) -> None:
    assert silence_of(key) == expected
