"""A row is written in full once and then by its changes, in as few writes as possible."""

from typing import Any

from core.debugging.exchange_record import Payload
from core.debugging.pending_facts import RESPONSE_WAIT_MS, UPDATE_WAIT_MS, PendingFacts, TakenRows
from core.debugging.recorded_facts import Fact, FactKey
from core.models import NetworkEventType
from tests.core.debugging.session_parts import ORIGIN, StillAxis, make_exchange_record

KEY = FactKey("1.1", is_end=True)
ANSWERED = {"answered_at": ORIGIN, "outcome": NetworkEventType.RESPONSE}


def pending_facts() -> tuple[PendingFacts, StillAxis]:
    axis = StillAxis()
    return PendingFacts(axis), axis


def kinds(facts: list[Fact]) -> list[tuple[bool, bool]]:
    return [(fact.key.is_end, fact.is_new) for fact in facts]


def test_a_new_request_is_written_immediately() -> None:
    pending, _axis = pending_facts()
    pending.mark(make_exchange_record())

    assert kinds(pending.take(is_recording=True)) == [(False, True)]
    assert not pending


def test_an_update_of_a_request_waits_for_the_response() -> None:
    pending, axis = pending_facts()
    asked = make_exchange_record()
    pending.mark(asked)
    pending.take(is_recording=True)

    asked.request_headers = {"Host": "a"}
    pending.mark(asked)
    at_once, is_held_back = pending.take(is_recording=True), bool(pending)
    axis.now = UPDATE_WAIT_MS - 1
    pending.mark(asked)  # the wait counts from the first change
    axis.now = UPDATE_WAIT_MS
    later = pending.take(is_recording=True)

    assert (at_once, is_held_back) == ([], True)
    assert kinds(later) == [(False, False)]


def test_a_response_waits_for_its_body() -> None:
    pending, axis = pending_facts()
    asked = make_exchange_record(**ANSWERED)
    pending.mark(asked)

    request_alone = pending.take(is_recording=True)
    axis.now = RESPONSE_WAIT_MS
    later = pending.take(is_recording=True)

    assert kinds(request_alone) == [(False, True)]
    assert kinds(later) == [(True, True)]


def test_everything_is_written_once_the_recording_has_ended() -> None:
    pending, _axis = pending_facts()
    asked = make_exchange_record(**ANSWERED, payload=Payload(text="body"))
    pending.mark(asked)

    due = pending.take(is_recording=False)

    assert kinds(due) == [(False, True), (True, True)]
    assert due[1].values["response_payload"] == "body"
    assert asked.payload is None  # the fact holds it now
    assert not pending


def values(**others: Any) -> dict[str, Any]:
    return {"exchange_id": "1.1", "event_type": "RESPONSE", "url": "http://a/", "timestamp": 1, **others}


def test_a_row_is_complete_at_first_and_then_contains_only_changes() -> None:
    taken = TakenRows()

    (first,) = taken.changes(KEY, values(status_code=200, mime_type="text/html"))
    (second,) = taken.changes(KEY, values(status_code=200, mime_type="text/css"))

    assert first.is_new and first.values == values(status_code=200, mime_type="text/html")
    assert not second.is_new and second.values == values(mime_type="text/css")


def test_unchanged_values_make_no_fact() -> None:
    taken = TakenRows()
    list(taken.changes(KEY, values(response_payload="body")))

    assert list(taken.changes(KEY, values())) == []
    assert KEY in taken


def test_a_late_body_makes_a_fact_even_when_nothing_else_has_changed() -> None:
    taken = TakenRows()
    list(taken.changes(KEY, values()))

    (late,) = taken.changes(KEY, values(response_payload="body"))

    assert late.values == values(response_payload="body")
