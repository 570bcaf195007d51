"""Connection failures at some of the addresses."""

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.look_facts import AttemptFact
from core.diagnosis.rules.connection import connection
from tests.core.diagnosis.facts import evidence, look


def test_an_address_that_fails_beside_one_that_works_is_a_note() -> None:
    attempts = (
        AttemptFact(address="192.0.2.1", connect_ms=1.0),
        AttemptFact(address="192.0.2.2", error_kind="connect_refused"),
    )

    (one,) = connection(evidence(look=look("192.0.2.1", "192.0.2.2", attempts=attempts)))

    assert (one.kind, one.confidence) == (Kind.CONNECT_FAILED, Confidence.NOTE)
    assert one.sentence == ("Connecting to shop.example fails at 192.0.2.2 (connect refused), but works at 192.0.2.1.")
