"""Rejected cookies are described, and named as the cause of a loop."""

from typing import Any

import pytest

from core.diagnosis.refused_cookies import refused_cookies, rejected_cookie
from core.diagnosis.rules.visit import visit
from tests.core.diagnosis.facts import evidence, exchange, session

WORDS = "“seat” (SameSite=None requires Secure)"


@pytest.mark.parametrize(
    ("blocked", "told"),
    [
        ([{"name": "seat", "blocked": ["SameSiteNoneInsecure"]}], {"1": WORDS}),
        ([{"name": "seat", "blocked": ["Novelty"]}], {"1": "“seat” (Novelty)"}),
        ([{"name": "", "blocked": ["SyntaxError"]}], {}),
        (None, {}),
        ("odd", {}),
    ],
    ids=["known", "unknown", "without a name", "none", "of another program"],
)
def test_a_rejected_cookie_is_described_with_the_reason(blocked: Any, told: dict[str, str]) -> None:
    assert refused_cookies([("1", blocked)]) == told


def test_a_loop_names_a_newly_rejected_cookie() -> None:
    rounds = [exchange("/", "document", exchange_id=str(each), started_ms=each * 100.0) for each in range(5)]
    looping = session(exchanges=tuple(rounds), refused_cookies={"0": WORDS})

    (one,) = visit(evidence(session=looping))

    assert one.sentence.endswith(f"within 400 ms; the browser refuses a cookie of /: {WORDS}.")
    assert rejected_cookie(looping, session(refused_cookies={"x": WORDS})) == ""
