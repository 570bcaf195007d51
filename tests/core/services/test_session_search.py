"""The recording of a debug session is searched, on both databases."""

from sqlalchemy.orm import Session

from core.services import session_search
from tests.core.services.recorded_session import make_recorded
from tests.factories import make_event, make_session, make_website


def test_a_header_is_found_in_any_case(store: Session) -> None:
    session = make_recorded(store)

    assert session_search.having_response_header(store, session.id, "etag") == ["a.2"]
    assert session_search.having_response_header(store, session.id, "expires") == []


def test_a_search_returns_each_match_once_with_its_context(store: Session) -> None:
    session = make_recorded(store)

    hits = session_search.search(store, session.id, "needle", limit=10)

    assert [(hit.exchange_id, hit.where, hit.match) for hit in hits] == [
        ("a.1", "request body", "Needle"),
        ("a.2", "response headers", "needle"),
        ("a.2", "response body", "NEEDLE"),
    ]
    assert (hits[2].before, hits[2].after) == ("<p>a ", " in a haystack</p>")


def test_a_search_is_literal_and_limited(store: Session) -> None:
    session = make_recorded(store)

    assert session_search.search(store, session.id, ".*", limit=10) == []
    assert len(session_search.search(store, session.id, "needle", limit=2)) == 2


def test_binary_bodies_are_not_searched_as_text(store: Session) -> None:
    session = make_session(store, make_website(store))
    make_event(store, session, exchange_id="a", response_payload="needle", response_payload_encoding="base64")

    assert session_search.search(store, session.id, "needle", limit=10) == []
