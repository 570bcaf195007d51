"""Whether a visit succeeded, and if not, why."""

import pytest

from core.debugging.exchange_record import ExchangeRecord
from core.debugging.outcome import End, end_by_stop, judge
from core.models import DebugSessionState, NetworkEventType
from core.schemas.session_options import WatchMode
from tests.core.debugging.session_parts import make_exchange_record

DONE = End(state=DebugSessionState.COMPLETED)


def document(status: int | None, outcome: NetworkEventType | None = NetworkEventType.RESPONSE) -> ExchangeRecord:
    return make_exchange_record(
        url="http://localhost/",
        status_code=status,
        status_text="Gone",
        outcome=outcome,
        error_message="The connection was reset." if outcome is NetworkEventType.ERROR else None,
    )


@pytest.mark.parametrize(
    ("end", "seen", "has_loaded", "judged"),
    [
        (DONE, document(200), True, (True, None)),
        (DONE, document(200), False, (False, "The page was still loading when the session ended.")),
        (DONE, document(410), True, (False, "The document returned 410 Gone.")),
        (DONE, document(200, NetworkEventType.ERROR), True, (False, "The connection was reset.")),
        (DONE, document(None, None), True, (False, "No response to the page had arrived when the session ended.")),
        (DONE, document(None, NetworkEventType.ERROR), True, (False, "The connection was reset.")),
        (DONE, None, True, (True, None)),
        (End(state=DebugSessionState.CANCELLED), document(200), True, (True, None)),
        (End(state=DebugSessionState.FAILED, reason="The renderer crashed."), document(200), True, (False, None)),
    ],
    ids=[
        "well",
        "not loaded",
        "an error",
        "broke off",
        "no response",
        "refused",
        "about:blank",
        "stopped when well",
        "crashed",
    ],
)
def test_a_visit_succeeds_if_its_document_answered_and_loaded(
    end: End, seen: ExchangeRecord | None, has_loaded: bool, judged: tuple[bool, str | None]
) -> None:
    assert judge(end, seen, has_loaded=has_loaded) == judged


def test_a_visit_fails_if_the_page_leads_to_a_failing_one() -> None:
    first, last = document(200), document(410)

    assert judge(DONE, first, has_loaded=True, last=last) == (
        False,
        "The page navigated to http://localhost/. It returned 410 Gone.",
    )
    assert judge(DONE, first, has_loaded=True, last=document(None, NetworkEventType.ERROR)) == (
        False,
        "The page navigated to http://localhost/. The connection was reset.",
    )
    assert judge(DONE, first, has_loaded=True, last=document(200)) == (True, None)


def test_a_visit_fails_if_the_page_does_not_answer_at_the_end() -> None:
    success, why_not = judge(DONE, document(200), has_loaded=True, is_busy=True)

    assert (success, (why_not or "").startswith("A script keeps the page busy")) == (False, True)


def test_stopping_an_until_stopped_session_completes_it() -> None:
    assert end_by_stop(WatchMode.UNTIL_STOPPED) == DONE
    assert end_by_stop(WatchMode.LOAD).state is DebugSessionState.CANCELLED
