"""A cookie that the browser does not take, as it is told of a loop."""

from typing import Any

import pytest

from core.diagnosis.refused_cookies import lost_cookie, refused_cookies
from core.diagnosis.rules.course import course
from tests.core.diagnosis.facts import evidence, exchange, session

WORDS = "“seat”, as SameSite=None needs Secure"


@pytest.mark.parametrize(
    ("blocked", "told"),
    [
        ([{"name": "seat", "blocked": ["SameSiteNoneInsecure"]}], {"1": WORDS}),
        ([{"name": "seat", "blocked": ["Novelty"]}], {"1": "“seat”, as Novelty"}),
        ([{"name": "", "blocked": ["SyntaxError"]}], {}),
        (None, {}),
        ("odd", {}),
    ],
    ids=["known", "unknown", "without a name", "none", "of another program"],
)
def test_a_refused_cookie_is_told_with_the_reason(blocked: Any, told: dict[str, str]) -> None:
    assert refused_cookies([("1", blocked)]) == told


def test_a_loop_is_told_with_the_cookie_that_is_refused_in_it_and_was_not_before() -> None:
    rounds = [exchange("/", "document", exchange_id=str(each), started_ms=each * 100.0) for each in range(5)]
    looping = session(exchanges=tuple(rounds), refused_cookies={"0": WORDS})

    (one,) = course(evidence(session=looping))

    assert one.sentence.endswith(f"within 400 ms; the browser refuses a cookie of /: {WORDS}.")
    assert lost_cookie(looping, session(refused_cookies={"x": WORDS})) == ""
