"""A silence is known by the key of what told of it."""

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
def test_a_silence_is_named_by_the_key_of_what_told_of_it(key: str, expected: str) -> None:
    assert silence_of(key) == expected
