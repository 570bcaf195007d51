"""Facts about a session are read from the store."""

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.debugging.console_limits import OWN
from core.debugging.dialogs import dialog_note
from core.diagnosis.gather import MAX_SEARCHED, session_fact
from core.models import ConsoleMessage, NetworkEventType
from tests.factories import make_event, make_session, make_website


def test_a_truncated_body_is_neither_valid_nor_invalid_json(store: Session) -> None:
    session = make_session(store, make_website(store))
    bodies = {"whole": '{"items": [], "total": 2}', "prefixed": ")]}' []", "cut": '{"items": [', "none": None}
    for name, body in bodies.items():
        kind = {"exchange_id": name, "resource_type": "fetch", "mime_type": "application/json"}
        make_event(store, session, event_type=NetworkEventType.REQUEST, **kind)
        make_event(
            store,
            session,
            event_type=NetworkEventType.RESPONSE,
            status_code=200,
            response_payload=body,
            is_response_payload_truncated=name == "cut",
            **kind,
        )

    fact = session_fact(store, session)

    assert (fact.json, fact.invalid_json) == ({"whole"}, {"prefixed": ")]}' []"})
    assert fact.json_fields == {"whole": frozenset({"total"})}


def test_what_responses_say_of_errors_is_read(store: Session) -> None:
    session = make_session(store, make_website(store))
    for name, status, mime_type, body in (
        ("refused", 401, "application/json", '{"code": 17, "message": "jwt expired"}'),
        ("broken", 500, "text/html", "<h1>Server Error</h1><pre>SQLSTATE[42P01]: no such table: items</pre>"),
        ("plain", 503, "text/plain", "the search index is being rebuilt"),
        ("bare", 502, "text/html", "<h1>502 Bad Gateway</h1>"),
        ("part", 200, "text/html; charset=utf-8", "<h1>Internal Server Error</h1>"),
        ("list", 200, "text/html", "<ul><li>Lamp</ul>"),
        ("told", 200, "application/json", '{"error": "locked"}'),
    ):
        make_event(
            store,
            session,
            event_type=NetworkEventType.RESPONSE,
            status_code=status,
            response_payload=body,
            exchange_id=name,
            resource_type="fetch",
            mime_type=mime_type,
        )

    fact = session_fact(store, session)

    assert fact.error_responses == {
        "refused": "jwt expired",
        "broken": "SQLSTATE[42P01]: no such table: items",
        "plain": "the search index is being rebuilt",
    }
    assert fact.html_errors == {"part": "it reports an error: “Internal Server Error”"}
    assert fact.json_errors == {"told": "locked"}


def test_what_a_frame_says_of_an_error_is_read(store: Session) -> None:
    session = make_session(store, make_website(store))
    for name, target in (("own", "page"), ("frame", "iframe")):
        make_event(
            store,
            session,
            event_type=NetworkEventType.RESPONSE,
            status_code=200,
            response_payload="<h1>Internal Server Error</h1>",
            exchange_id=name,
            resource_type="document",
            mime_type="text/html",
            target=target,
        )

    fact = session_fact(store, session)

    assert fact.html_errors == {"frame": "it reports an error: “Internal Server Error”"}


def test_only_some_of_many_different_error_responses_are_searched(store: Session) -> None:
    session = make_session(store, make_website(store))
    for number in range(MAX_SEARCHED + 5):
        make_event(
            store,
            session,
            event_type=NetworkEventType.RESPONSE,
            status_code=500,
            response_payload=f"the shelf {number} is empty",
            exchange_id=f"each {number}",
            resource_type="fetch",
            mime_type="text/plain",
        )

    fact = session_fact(store, session)

    assert fact.error_responses == {f"each {number}": f"the shelf {number} is empty" for number in range(MAX_SEARCHED)}


def test_the_messages_of_dialogs_are_read(store: Session) -> None:
    session = make_session(store, make_website(store))
    for text in (dialog_note("alert", "No price"), "The page started a download", dialog_note("beforeunload", "")):
        store.add(
            ConsoleMessage(
                debug_session_id=session.id, level="info", source=OWN, text=text, timestamp=utc_now(), offset_ms=1.0
            )
        )
    store.flush()

    assert session_fact(store, session).dialogs == ("No price",)
