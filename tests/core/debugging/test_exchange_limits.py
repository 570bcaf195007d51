"""A session's limits apply to its exchanges and their bodies, and one note says that a limit was reached."""

from core.debugging.exchange_limits import ExchangeLimits
from core.debugging.exchange_record import Payload
from core.schemas.session_options import SessionOptions
from tests.core.debugging.session_parts import make_exchange_record


def limits(notes: list[str], **bounds: int) -> ExchangeLimits:
    return ExchangeLimits(SessionOptions().model_copy(update=bounds), notes.append)


def test_exchanges_over_the_limit_are_counted_and_noted_once() -> None:
    notes: list[str] = []
    of_two = limits(notes, max_exchanges=2)

    admitted = [of_two.admits(make_exchange_record()) for _ in range(4)]

    assert admitted == [True, True, False, False]
    assert of_two.dropped_count == 2
    assert notes == ["The session's limit is reached. Further exchanges are counted but not stored."]


def test_a_body_over_the_limit_is_dropped_with_the_reason() -> None:
    small, large = (make_exchange_record(payload=Payload(text="b" * size)) for size in (40, 70))
    of_bytes = limits([], max_bytes=100)

    of_bytes.count_bodies(small)
    of_bytes.count_bodies(large)

    assert small.payload is not None
    assert large.payload is None
    assert large.details["body_missing"] == "The session's limit was reached."
    assert not of_bytes.admits(make_exchange_record())
