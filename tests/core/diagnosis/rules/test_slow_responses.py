"""Many responses that each start a little late."""

import pytest

from core.debugging.waterfall import Exchange, Phases
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.slow_responses import slow_responses
from core.diagnosis.session_facts import SessionFact
from tests.core.diagnosis.facts import check, evidence, exchange, session

PATHS = ("/a.js", "/b.js", "/c.js", "/api")


def visit(waiting_ms: float, load_ms: float, *, are_parallel: bool = False) -> SessionFact:
    def late(number: int, path: str) -> Exchange:
        kind, started_ms = "fetch" if path == "/api" else "script", 0.0 if are_parallel else number * waiting_ms
        return exchange(path, kind, started_ms=started_ms, phases=Phases(waiting_ms=waiting_ms))

    return session(
        *(late(number, path) for number, path in enumerate(PATHS)),
        milestones={"load": load_ms, "first_contentful_paint": 120.0},
    )


GOOD = visit(10.0, 400.0)


def test_responses_that_start_late_one_after_another_are_summed() -> None:
    (one,) = slow_responses(evidence(session=visit(700.0, 3_100.0), good_session=GOOD))

    assert (one.kind, one.confidence) == (Kind.SLOW_FIRST_BYTE, Confidence.LIKELY)
    assert one.sentence == (
        "Slow first bytes: the page waited 2.8 s in all for the starts of 4 responses: /a.js (700 ms), "
        "/b.js (700 ms), /c.js (700 ms) and 1 more. It loaded after 3.1 s; when it worked, after 400 ms."
    )


@pytest.mark.parametrize(
    ("waiting_ms", "load_ms"),
    [(400.0, 3_100.0), (700.0, 1_100.0), (2_500.0, 9_000.0)],
    ids=["a busy machine", "a page that is still quick", "requests that are slow alone"],
)
def test_other_delays_are_not_reported(waiting_ms: float, load_ms: float) -> None:
    assert not list(slow_responses(evidence(session=visit(waiting_ms, load_ms), good_session=GOOD)))


def test_waits_at_the_same_time_are_not_summed() -> None:
    parallel = visit(700.0, 3_100.0, are_parallel=True)

    assert not list(slow_responses(evidence(session=parallel, good_session=GOOD)))


def test_a_failed_check_has_its_own_explanation() -> None:
    seen = evidence(session=visit(700.0, 3_100.0), good_session=GOOD, checks=(check("response_time"),))

    assert not list(slow_responses(seen))
