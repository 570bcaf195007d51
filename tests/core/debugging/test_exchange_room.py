"""The bounds of a session hold for its exchanges and their bodies, and it is said once that one was reached."""

from core.debugging.exchange_record import Payload
from core.debugging.exchange_room import ExchangeRoom
from core.schemas.session_options import SessionOptions
from tests.core.debugging.session_parts import make_exchange_record


def room(notes: list[str], **bounds: int) -> ExchangeRoom:
    return ExchangeRoom(SessionOptions().model_copy(update=bounds), notes.append)


def test_beyond_the_bound_exchanges_are_counted_and_that_is_told_once() -> None:
    notes: list[str] = []
    of_two = room(notes, max_exchanges=2)

    admitted = [of_two.admits(make_exchange_record()) for _ in range(4)]

    assert admitted == [True, True, False, False]
    assert of_two.dropped_count == 2
    assert notes == ["The session's bound is reached: further exchanges are counted and not kept."]


def test_a_body_for_which_there_is_no_room_is_dropped_with_the_reason() -> None:
    small, large = (make_exchange_record(payload=Payload(text="b" * size)) for size in (40, 70))
    of_bytes = room([], max_bytes=100)

    of_bytes.take_bodies(small)
    of_bytes.take_bodies(large)

    assert small.payload is not None
    assert large.payload is None
    assert large.details["body_missing"] == "The session's bound was reached."
    assert not of_bytes.admits(make_exchange_record())
