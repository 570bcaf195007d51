"""Answers of a good status that were of no use to the page."""

from dataclasses import replace

import pytest

from core.diagnosis.unusable_answers import unusable_answers
from core.models import NetworkEventType
from tests.core.diagnosis.facts import exchange, session, thrown

ITEMS = exchange("/api/items", "fetch", mime_type="application/json")


def test_an_answer_that_tells_of_an_error_is_of_no_use_where_it_told_of_none_before() -> None:
    now = session(ITEMS, json_errors={"/api/items": "upstream timeout"})

    found = unusable_answers(now, session(ITEMS))

    assert found == {"/api/items": "status 200, but its answer tells of an error: “upstream timeout”"}


def test_an_answer_that_is_no_json_any_more_is_of_no_use() -> None:
    plain = replace(ITEMS, mime_type="text/plain")
    now = session(plain, invalid_json={"/api/items": "upstream connect error"})

    found = unusable_answers(now, session(ITEMS, json={"/api/items"}))

    assert found == {"/api/items": "status 200, but its answer is no JSON any more: “upstream connect error”"}
    assert unusable_answers(session(plain), session(ITEMS, json={"/api/items"})) == unusable_answers(now, None) == {}
    assert unusable_answers(now, session(ITEMS, invalid_json={"/api/items": ")]}'"})) == {}


def test_nobody_knows_whether_an_answer_was_json_that_was_too_long_to_be_looked_into() -> None:
    now = session(ITEMS, invalid_json={"/api/items": ")]}' [1]"})

    assert unusable_answers(now, session(ITEMS)) == {}


def test_an_error_that_an_answer_always_tells_of_is_how_it_is() -> None:
    now = session(ITEMS, json_errors={"/api/items": "not signed in"})

    assert unusable_answers(now, None) == unusable_answers(now, now) == {}


def test_a_call_is_compared_with_what_asked_for_the_same() -> None:
    viewer, items = (exchange("/graphql", "fetch", mime_type="application/json", exchange_id=name) for name in "VI")
    asked = {"V": "Viewer", "I": "Items"}
    good = session(viewer, items, json_errors={"V": "not signed in"}, operations=asked)

    found = unusable_answers(
        session(viewer, items, json_errors={"V": "not signed in", "I": "no database"}, operations=asked), good
    )

    assert found == {"I": "status 200, but its answer tells of an error: “no database”"}


def test_a_stream_of_events_of_another_type_is_of_no_use() -> None:
    stream = exchange("/events", "eventsource", mime_type="text/event-stream")
    page = exchange("/events", "eventsource", mime_type="text/html", outcome=NetworkEventType.ERROR)
    no_more = exchange("/events", "eventsource", status_code=204)

    assert unusable_answers(session(page), None) == {
        "/events": "status 200, but text/html instead of a stream of events"
    }
    assert unusable_answers(session(stream), None) == unusable_answers(session(no_more), None) == {}


def test_an_answer_without_content_is_no_page_whatever_its_type() -> None:
    no_news = exchange("/api/items", "fetch", status_code=204, mime_type="text/html")

    assert unusable_answers(session(no_news), session(ITEMS)) == {}


def test_a_page_that_an_answer_leads_to_is_told_once_with_what_led_there() -> None:
    hop = exchange("/api/items", "fetch", status_code=302, mime_type="text/html", outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", "fetch", mime_type="text/html", redirected_from="/api/items")

    found = unusable_answers(session(hop, led), session(ITEMS))

    assert found == {"/login": "status 200, but HTML instead of JSON, where /api/items led"}


def test_a_sign_in_in_the_place_of_a_part_of_the_page_is_of_no_use() -> None:
    part = exchange("/cart", "fetch", mime_type="text/html")
    hop = exchange("/cart", "fetch", status_code=302, outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", "fetch", mime_type="text/html", redirected_from="/cart")
    elsewhere = exchange("/basket", "fetch", mime_type="text/html", redirected_from="/cart")

    found = unusable_answers(session(hop, led), session(part))

    assert found == {"/login": "status 200, but a sign-in, to which /cart led"}
    assert unusable_answers(session(hop, led), session(hop, led)) == {}
    assert unusable_answers(session(hop, elsewhere), session(part)) == {}


@pytest.mark.parametrize(
    ("kind", "status", "thrown_text", "reason"),
    [
        ("fetch", 200, None, "status 200, but nothing came where JSON did before"),
        ("fetch", 204, None, None),
        (
            "fetch",
            204,
            "SyntaxError: Unexpected end of JSON input",
            "status 204, but nothing came where JSON did before",
        ),
        ("fetch", 304, None, "status 304, but the browser has no copy of it"),
        ("script", 304, None, "status 304, but the browser has no copy of it"),
        ("script", 200, None, "status 200, but it is empty, and was not before"),
    ],
)
def test_nothing_in_the_place_of_something_is_of_no_use(
    kind: str, status: int, thrown_text: str | None, reason: str | None
) -> None:
    empty = exchange("/x", kind, status_code=status, decoded_bytes=0)
    good = session(exchange("/x", kind, decoded_bytes=120, mime_type="application/json"))
    now = session(empty, console=(thrown(thrown_text),) if thrown_text else ())

    assert unusable_answers(now, good) == ({"/x": reason} if reason else {})
    assert unusable_answers(now, None) == unusable_answers(now, session(empty)) == {}
    assert unusable_answers(session(replace(empty, from_cache="memory")), good) == {}


def test_what_is_answered_by_not_modified_and_has_its_content_is_fine() -> None:
    fresh = exchange("/app.js", status_code=304, decoded_bytes=120)

    assert unusable_answers(session(fresh), session(exchange("/app.js", decoded_bytes=120))) == {}


def test_a_job_that_is_asked_for_again_and_again_and_never_done_is_of_no_use() -> None:
    pending = [exchange("/job", "fetch", status_code=202, exchange_id=name) for name in "abc"]
    done = exchange("/job", "fetch", exchange_id="d")
    good = session(*pending, done)

    assert unusable_answers(session(*pending), good) == {"c": "status 202 all 3 times: what it asks for is never done"}
    assert unusable_answers(session(*pending[:2]), good) == unusable_answers(good, good) == {}
    assert unusable_answers(session(*pending), session(*pending)) == {}


def test_a_sign_in_in_a_frame_is_of_no_use_and_that_of_the_page_itself_is_not_told_here() -> None:
    frame = exchange("/checkout", "document", target="iframe")
    hop = exchange("/checkout", "document", target="iframe", status_code=302, outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", "document", target="iframe", redirected_from="/checkout")
    own = exchange("/", "document", status_code=302, outcome=NetworkEventType.REDIRECT)
    shown = exchange("/login", "document", redirected_from="/")

    assert unusable_answers(session(hop, led), session(frame)) == {
        "/login": "status 200, but a sign-in, to which /checkout led"
    }
    assert unusable_answers(session(exchanges=(own, shown)), session()) == {}


def test_a_socket_that_is_closed_soon_is_of_no_use_where_it_stayed_open() -> None:
    closed = exchange("/live", "websocket", status_code=101, duration_ms=300.0)
    stayed = session(exchange("/live", "websocket", status_code=101, duration_ms=1_200.0), open_sockets={"/live"})
    again = exchange("/live", "websocket", status_code=101, exchange_id="again")

    found = unusable_answers(session(closed), stayed)

    assert found == {"/live": "it was closed after 300 ms, and had stayed open before"}
    assert unusable_answers(session(closed), session(closed)) == {}
    assert unusable_answers(session(closed, again, open_sockets={"again"}), stayed) == {}
    assert unusable_answers(session(replace(closed, duration_ms=1_100.0)), stayed) == {}


def test_a_page_to_which_a_script_leads_is_told_with_the_script() -> None:
    hop = exchange("/app.js", status_code=302, mime_type="text/html", outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", mime_type="text/html", redirected_from="/app.js")

    assert unusable_answers(session(hop, led), None) == {
        "/login": "status 200, but HTML instead of a script, where /app.js led"
    }
