"""Many responses that each start a little late."""

import pytest

from core.debugging.waterfall import Exchange, Phases
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.slow_responses import slow_responses
from core.diagnosis.session_facts import SessionFact
from tests.core.diagnosis.facts import check, evidence, exchange, session

PATHS = ("/a.js", "/b.js", "/c.js", "/api")


def visit(waiting_ms: float, *, are_parallel: bool = False) -> SessionFact:
    def late(number: int, path: str) -> Exchange:
        kind, started_ms = "fetch" if path == "/api" else "script", 0.0 if are_parallel else number * waiting_ms
        return exchange(path, kind, started_ms=started_ms, phases=Phases(waiting_ms=waiting_ms))

    return session(*(late(number, path) for number, path in enumerate(PATHS)))


GOOD = visit(10.0)


def test_responses_that_start_late_one_after_another_are_summed() -> None:
    (one,) = slow_responses(evidence(session=visit(700.0), good_session=GOOD))

    assert (one.kind, one.confidence) == (Kind.SLOW_FIRST_BYTE, Confidence.LIKELY)
    assert one.sentence == (
        "Slow first bytes: the page waited 2.8 s in all for the starts of 4 responses: /a.js (700 ms), "
        "/b.js (700 ms), /c.js (700 ms) and 1 more. When it worked, it waited 40 ms for them."
    )


@pytest.mark.parametrize("waiting_ms", [400.0, 2_500.0], ids=["a busy machine", "requests that are slow alone"])
def test_other_delays_are_not_reported(waiting_ms: float) -> None:
    assert not list(slow_responses(evidence(session=visit(waiting_ms), good_session=GOOD)))


def test_an_application_may_request_its_data_after_the_page_has_loaded() -> None:
    def visit_of_application(waiting_ms: float) -> SessionFact:
        calls = (
            exchange(
                f"/api/{step}", "fetch", started_ms=400.0 + step * waiting_ms, phases=Phases(waiting_ms=waiting_ms)
            )
            for step in range(6)
        )
        return session(*calls, milestones={"load": 300.0})

    (one,) = slow_responses(evidence(session=visit_of_application(900.0), good_session=visit_of_application(15.0)))

    assert "the page waited 5.4 s in all for the starts of 6 responses" in one.sentence


def test_waits_at_the_same_time_are_not_summed() -> None:
    parallel = visit(700.0, are_parallel=True)

    assert not list(slow_responses(evidence(session=parallel, good_session=GOOD)))


def test_a_failed_check_has_its_own_explanation() -> None:
    seen = evidence(session=visit(700.0), good_session=GOOD, checks=(check("response_time"),))

    assert not list(slow_responses(seen))
