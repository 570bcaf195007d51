"""Network events are folded into exchanges."""

import pytest

from core.debugging.waterfall import Phases, rows
from core.models import Interruption, NetworkEventType
from tests.core.debugging.sample_session import ANSWER, PHASES, everything, exchange


def test_events_in_any_order_give_the_same_rows_by_start() -> None:
    events = everything()

    assert rows(events) == rows(reversed(events))
    assert [row.started_ms for row in rows(events)] == sorted(row.started_ms for row in rows(events))


def test_a_request_without_an_end_is_open() -> None:
    (row,) = rows(exchange("open", outcome=NetworkEventType.REQUEST))

    assert (row.outcome, row.duration_ms, row.status_code, row.is_failed) == (
        NetworkEventType.REQUEST,
        None,
        None,
        False,
    )


def test_an_exchange_ends_after_its_duration_and_an_open_one_where_it_starts() -> None:
    (ended,) = rows(exchange("ended", duration_ms=50.0))
    (still_open,) = rows(exchange("open", outcome=NetworkEventType.REQUEST))

    assert ended.end_ms == ended.started_ms + 50.0
    assert still_open.end_ms == still_open.started_ms


@pytest.mark.parametrize(
    ("target", "is_of_page"), [("page", True), (None, True), ("iframe", False), ("popup", False)], ids=str
)
def test_a_document_is_of_the_page_unless_a_frame_or_a_window_loads_it(target: str | None, is_of_page: bool) -> None:
    (row,) = rows(exchange("a", resource_type="document", target=target))

    assert row.is_page_document is is_of_page


def test_a_row_merges_the_facts_of_request_and_response() -> None:
    (row,) = rows(
        exchange("a", initiator={"type": "parser"}, method="POST", mime_type="text/css", phases=PHASES | ANSWER)
    )

    assert (row.initiator, row.method, row.mime_type) == ({"type": "parser"}, "POST", "text/css")
    assert row.phases == Phases(**PHASES, **ANSWER) and row.phases.total_ms == 40.0


def test_an_aborted_response_is_failed_and_keeps_its_status() -> None:
    request, answer = exchange("a", status_code=200)
    broken = exchange("a", outcome=NetworkEventType.ERROR, error_message="It broke off.", duration_ms=50.0)[1]

    (row,) = rows([broken, answer, request])

    assert (row.outcome, row.status_code, row.duration_ms) == (NetworkEventType.ERROR, 200, 50.0)
    assert row.is_failed


@pytest.mark.parametrize(
    ("interruption", "is_unfinished", "is_left"),
    [(Interruption.SESSION_END, True, False), ("navigation", False, True), (None, False, False)],
)
def test_an_interrupted_exchange_is_known_by_its_interruption(
    interruption: str | None, is_unfinished: bool, is_left: bool
) -> None:
    (row,) = rows(exchange("a", interruption=interruption))

    assert (row.is_unfinished, row.is_left) == (is_unfinished, is_left)


@pytest.mark.parametrize(
    ("url", "kind", "status", "is_failed"),
    [
        ("https://a.example/favicon.ico", "other", 404, False),
        ("https://a.example/favicon.ico", "other", 500, True),
        ("https://a.example/favicon.ico", "image", 404, True),
        ("https://a.example/shop/favicon.ico", "other", 404, True),
        ("https://a.example/favicon.ico?v=2", "other", 404, True),
    ],
)
def test_a_missing_favicon_is_no_failure(url: str, kind: str, status: int, is_failed: bool) -> None:
    assert rows(exchange("a", url=url, resource_type=kind, status_code=status))[0].is_failed is is_failed


@pytest.mark.parametrize(("kind", "is_failed"), [("other", False), ("image", True)])
def test_an_aborted_favicon_is_no_failure(kind: str, is_failed: bool) -> None:
    url = "https://a.example/favicon.ico"

    (row,) = rows(exchange("a", url=url, resource_type=kind, outcome=NetworkEventType.ERROR))

    assert row.is_failed is is_failed


@pytest.mark.parametrize(("status", "is_failed"), [(200, False), (304, False), (404, True), (503, True)])
def test_a_status_of_400_or_higher_is_a_failure(status: int, is_failed: bool) -> None:
    assert rows(exchange("a", status_code=status))[0].is_failed is is_failed


def test_events_without_an_exchange_id_are_rows_of_their_own() -> None:
    events = [*exchange("a", outcome=NetworkEventType.REQUEST), *exchange("b", outcome=NetworkEventType.REQUEST)]
    for event in events:
        event.exchange_id = None

    assert len(rows(events)) == 2


def test_unknown_phases_are_ignored() -> None:
    assert rows(exchange("a", phases={"waiting_ms": 1.0, "thinking_ms": 2.0}))[0].phases == Phases(waiting_ms=1.0)
