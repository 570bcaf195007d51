"""What is handed on of a row: all of it once, then what has changed, in as few writes as keep a page up to date."""

from typing import Any

from core.debugging.exchange_record import Payload
from core.debugging.recorded_facts import Fact, FactKey
from core.debugging.unstored import ANSWER_AGE_MS, UPDATE_AGE_MS, Given, Unstored
from core.models import NetworkEventType
from tests.core.debugging.session_parts import ORIGIN, StillAxis, make_exchange_record

KEY = FactKey("1.1", is_end=True)
ANSWERED = {"answered_at": ORIGIN, "outcome": NetworkEventType.RESPONSE}


def unstored() -> tuple[Unstored, StillAxis]:
    axis = StillAxis()
    return Unstored(axis), axis


def kinds(facts: list[Fact]) -> list[tuple[bool, bool]]:
    return [(fact.key.is_end, fact.is_new) for fact in facts]


def test_a_new_request_is_due_at_once() -> None:
    waiting, _axis = unstored()
    waiting.mark(make_exchange_record())

    assert kinds(waiting.take(is_recording=True)) == [(False, True)]
    assert not waiting


def test_what_is_new_of_a_request_waits_a_moment_for_its_answer() -> None:
    waiting, axis = unstored()
    asked = make_exchange_record()
    waiting.mark(asked)
    waiting.take(is_recording=True)

    asked.request_headers = {"Host": "a"}
    waiting.mark(asked)
    at_once, is_held_back = waiting.take(is_recording=True), bool(waiting)
    axis.now = UPDATE_AGE_MS - 1
    waiting.mark(asked)  # the wait is of what came first
    axis.now = UPDATE_AGE_MS
    later = waiting.take(is_recording=True)

    assert (at_once, is_held_back) == ([], True)
    assert kinds(later) == [(False, False)]


def test_an_answer_waits_a_moment_for_its_body() -> None:
    waiting, axis = unstored()
    asked = make_exchange_record(**ANSWERED)
    waiting.mark(asked)

    request_alone = waiting.take(is_recording=True)
    axis.now = ANSWER_AGE_MS
    later = waiting.take(is_recording=True)

    assert kinds(request_alone) == [(False, True)]
    assert kinds(later) == [(True, True)]


def test_nothing_is_waited_for_once_nothing_more_is_recorded() -> None:
    waiting, _axis = unstored()
    asked = make_exchange_record(**ANSWERED, payload=Payload(text="body"))
    waiting.mark(asked)

    due = waiting.take(is_recording=False)

    assert kinds(due) == [(False, True), (True, True)]
    assert due[1].values["response_payload"] == "body"
    assert asked.payload is None  # it is on its way to the store
    assert not waiting


def values(**others: Any) -> dict[str, Any]:
    return {"exchange_id": "1.1", "event_type": "RESPONSE", "url": "http://a/", "timestamp": 1, **others}


def test_a_row_is_told_whole_at_first_and_then_by_what_changed() -> None:
    given = Given()

    (first,) = given.news(KEY, values(status_code=200, mime_type="text/html"))
    (second,) = given.news(KEY, values(status_code=200, mime_type="text/css"))

    assert first.is_new and first.values == values(status_code=200, mime_type="text/html")
    assert not second.is_new and second.values == values(mime_type="text/css")


def test_what_is_known_already_is_no_news() -> None:
    given = Given()
    list(given.news(KEY, values(response_payload="body")))

    assert list(given.news(KEY, values())) == []
    assert KEY in given


def test_a_body_that_comes_later_is_told_even_when_nothing_else_is_new() -> None:
    given = Given()
    list(given.news(KEY, values()))

    (late,) = given.news(KEY, values(response_payload="body"))

    assert late.values == values(response_payload="body")
