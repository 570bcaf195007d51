"""Connection failures at some of the addresses."""

import pytest

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.look_facts import AttemptFact
from core.diagnosis.rules.connection import connection
from tests.core.diagnosis.facts import URL, check, evidence, look


def test_an_address_that_fails_beside_one_that_works_is_a_note() -> None:
    attempts = (
        AttemptFact(address="192.0.2.1", connect_ms=1.0),
        AttemptFact(address="192.0.2.2", error_kind="connect_refused"),
    )

    (one,) = connection(evidence(look=look("192.0.2.1", "192.0.2.2", attempts=attempts)))

    assert (one.kind, one.confidence) == (Kind.CONNECT_FAILED, Confidence.NOTE)
    assert one.sentence == ("Connecting to shop.example fails at 192.0.2.2 (connect refused), but works at 192.0.2.1.")


@pytest.mark.parametrize(
    ("target", "sentence"),
    [
        (URL, "shop.example refused the connection on port 443 at 192.0.2.1"),
        (
            "https://shop.example:8443/",
            "shop.example:8443, to which shop.example redirects, refused the connection on port 8443",
        ),
        (
            "https://dev.example/",
            "dev.example, to which shop.example redirects, refused the connection on port 443",
        ),
    ],
)
def test_a_refused_connection_after_a_redirect_names_the_redirect(target: str, sentence: str) -> None:
    refused = check("connect_refused", final_url=target)
    attempts = (AttemptFact(address="192.0.2.1", error_kind="connect_refused"),)

    (one,) = connection(evidence(checks=(refused,), look=look(attempts=attempts, hops=())))

    assert one.sentence == f"{sentence}: nothing listens there."


@pytest.mark.parametrize("error", ["connect_refused", "connect_blocked"])
def test_a_redirect_to_the_visitors_own_machine_is_named(error: str) -> None:
    refused = check(error, final_url="http://localhost:3000/")

    (one,) = connection(evidence(checks=(refused,)))

    assert one.kind is Kind.REDIRECT_REFUSED
    assert one.sentence == (
        "shop.example redirects to http://localhost:3000/, an address that every visitor's own machine has."
    )


def test_an_address_is_not_named_twice() -> None:
    refused = check("connect_refused")
    attempts = (AttemptFact(address="192.0.2.1", error_kind="connect_refused"),)
    seen = evidence(url="http://192.0.2.1/", checks=(refused,), look=look(attempts=attempts, hops=()))

    (one,) = connection(seen)

    assert one.sentence == "192.0.2.1 refused the connection on port 80: nothing listens there."
