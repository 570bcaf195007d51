"""Accepted parts of a message are remembered for its next attempt."""

from core.notifications.partial_deliveries import REMEMBERED, PartialDeliveries


def test_accepted_parts_are_taken_once() -> None:
    partial = PartialDeliveries()

    partial.remember(("key", "content"), {"ada", "bob"})

    assert partial.take(("key", "another content")) == frozenset()
    assert partial.take(("key", "content")) == {"ada", "bob"}
    assert partial.take(("key", "content")) == frozenset()


def test_the_oldest_message_is_forgotten_first() -> None:
    partial = PartialDeliveries()

    for number in range(REMEMBERED + 1):
        partial.remember(number, {"ada"})

    assert [len(partial.take(number)) for number in (0, 1)] == [0, 1]
