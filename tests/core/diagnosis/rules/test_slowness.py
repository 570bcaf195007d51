"""Slow responses and timeouts."""

import pytest

from core.debugging.long_tasks import SOURCE
from core.debugging.waterfall import Phases
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.slowness import slowness
from core.diagnosis.session_facts import ConsoleFact
from core.models import NetworkEventType
from tests.core.diagnosis.facts import check, evidence, exchange, hop, look, session

NEVER = exchange("/", "document", status_code=None, outcome=NetworkEventType.TIMEOUT, duration_ms=60_000.0)
UNANSWERED = session(exchanges=(NEVER,), milestones={})


def test_a_server_that_never_answers_a_session_is_reported() -> None:
    (one,) = slowness(evidence(session=UNANSWERED))

    assert (one.kind, one.confidence) == (Kind.SLOW_FIRST_BYTE, Confidence.HIGH)
    assert one.sentence == "Slow first byte: shop.example did not start to respond within 60.0 s."


def test_a_browser_without_a_response_agrees_with_the_check() -> None:
    late = check("timeout_answer", response_time_ms=10_000.0)
    passed = look(hops=(hop(200),), is_good=True)

    (one,) = slowness(evidence(checks=(late,), session=UNANSWERED, look=passed))

    assert "within 10.0 s" in one.sentence
    assert "The check and the browser saw it" in one.why


def test_server_timing_is_quoted() -> None:
    told = {"server-timing": 'app;dur=12, db;dur=8988;desc="SELECT orders"'}
    slow = check("response_time", response_time_ms=9_000.0, ttfb_ms=8_990.0, error_message="The response took 9000 ms.")

    (by_look,) = slowness(evidence(checks=(slow,), look=look(hops=(hop(200, headers=told),))))
    (by_session,) = slowness(evidence(checks=(slow,), session=session(headers=told)))

    assert by_look.sentence == by_session.sentence
    assert by_look.sentence.endswith(
        ", of 9.0 s in all; its own Server-Timing gives 9.0 s of it to db (SELECT orders)."
    )


@pytest.mark.parametrize(("painted_ms", "is_delayed"), [(7_100.0, True), (None, True), (150.0, False)])
def test_a_slow_request_that_delays_the_first_paint_says_so(painted_ms: float | None, is_delayed: bool) -> None:
    slow = exchange("https://tags.test/t.js", duration_ms=7_000.0, phases=Phases(waiting_ms=6_990.0))
    painted = {"first_contentful_paint": painted_ms} if painted_ms else {}

    one, *_rest = slowness(
        evidence(session=session(slow, milestones=painted), good_session=session(exchange("https://tags.test/t.js")))
    )

    assert one.sentence.endswith("; the page stays blank until it arrives.") is is_delayed


@pytest.mark.parametrize(("busy_ms", "is_reported"), [(2_950, False), (600, True)])
def test_a_request_whose_end_a_script_held_up_is_not_slow(busy_ms: int, is_reported: bool) -> None:
    text = f"This script kept the main thread busy for {busy_ms} ms in 1 long task."
    busy = ConsoleFact(
        id=1, level="warning", source=SOURCE, text=text, offset_ms=100.0, url="https://shop.example/a.js"
    )
    call = exchange("/api", "fetch", started_ms=90.0, duration_ms=3_000.0, phases=Phases(download_ms=2_990.0))

    found = slowness(evidence(session=session(call, console=(busy,)), good_session=session(exchange("/api", "fetch"))))

    assert bool(list(found)) is is_reported
