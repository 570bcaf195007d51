"""The course of a visit."""

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.course import course
from core.models import NetworkEventType
from tests.core.diagnosis.facts import evidence, exchange, session


def test_a_page_that_opens_itself_again_is_told() -> None:
    rounds = [exchange("/", "document", exchange_id=str(each), started_ms=each * 100.0) for each in range(5)]

    (one,) = course(evidence(session=session(exchanges=tuple(rounds))))

    assert (one.kind, "/ came 5 times" in one.sentence) == (Kind.REDIRECT_LOOP, True)


def test_redirects_in_a_loop_are_no_page_that_opens_itself() -> None:
    hops = [
        exchange(
            "/",
            "document",
            exchange_id=str(each),
            status_code=302,
            outcome=NetworkEventType.REDIRECT,
            redirected_from=str(each - 1) if each else None,
        )
        for each in range(20)
    ]

    assert list(course(evidence(session=session(exchanges=tuple(hops))))) == []


def test_no_content_is_a_fault_where_a_page_came_before_and_else_a_note() -> None:
    empty = session(exchanges=(exchange("/", "document", status_code=204, mime_type=None),))

    (first,) = course(evidence(session=empty))
    (sure,) = course(evidence(session=empty, good_session=session()))

    assert (first.kind, first.confidence, sure.confidence) == (Kind.BROKEN_ANSWER, Confidence.NOTE, Confidence.HIGH)
