"""Responses with a good status that the page could not use."""

from dataclasses import replace

import pytest

from core.diagnosis.session_facts import ConsoleFact
from core.diagnosis.unusable_answers import unusable_answers
from core.models import NetworkEventType
from tests.core.diagnosis.facts import exchange, session, thrown

ITEMS = exchange("/api/items", "fetch", mime_type="application/json")


def test_a_response_with_a_new_error_message_is_unusable() -> None:
    now = session(ITEMS, json_errors={"/api/items": "upstream timeout"})

    found = unusable_answers(now, session(ITEMS))

    assert found == {"/api/items": "status 200, but its response reports an error: “upstream timeout”"}


def test_a_response_that_is_no_longer_json_is_unusable() -> None:
    plain = replace(ITEMS, mime_type="text/plain")
    now = session(plain, invalid_json={"/api/items": "upstream connect error"})

    found = unusable_answers(now, session(ITEMS, json={"/api/items"}))

    assert found == {"/api/items": "status 200, but its response is no longer JSON: “upstream connect error”"}
    assert unusable_answers(session(plain), session(ITEMS, json={"/api/items"})) == unusable_answers(now, None) == {}
    assert unusable_answers(now, session(ITEMS, invalid_json={"/api/items": ")]}'"})) == {}


def test_a_response_too_long_to_parse_is_not_judged_by_its_json() -> None:
    now = session(ITEMS, invalid_json={"/api/items": ")]}' [1]"})

    assert unusable_answers(now, session(ITEMS)) == {}


def test_an_error_message_that_is_always_there_is_normal() -> None:
    now = session(ITEMS, json_errors={"/api/items": "not signed in"})

    assert unusable_answers(now, None) == unusable_answers(now, now) == {}


def test_a_request_is_compared_with_the_same_operation() -> None:
    viewer, items = (exchange("/graphql", "fetch", mime_type="application/json", exchange_id=name) for name in "VI")
    asked = {"V": "Viewer", "I": "Items"}
    good = session(viewer, items, json_errors={"V": "not signed in"}, operations=asked)

    found = unusable_answers(
        session(viewer, items, json_errors={"V": "not signed in", "I": "no database"}, operations=asked), good
    )

    assert found == {"I": "status 200, but its response reports an error: “no database”"}


def test_an_event_stream_with_another_type_is_unusable() -> None:
    stream = exchange("/events", "eventsource", mime_type="text/event-stream")
    page = exchange("/events", "eventsource", mime_type="text/html", outcome=NetworkEventType.ERROR)
    no_more = exchange("/events", "eventsource", status_code=204)

    assert unusable_answers(session(page), None) == {"/events": "status 200, but text/html instead of an event stream"}
    assert unusable_answers(session(stream), None) == unusable_answers(session(no_more), None) == {}


def test_a_204_response_is_no_html_page_whatever_its_type() -> None:
    no_news = exchange("/api/items", "fetch", status_code=204, mime_type="text/html")

    assert unusable_answers(session(no_news), session(ITEMS)) == {}


def test_a_redirect_to_an_html_page_is_reported_once_with_its_origin() -> None:
    hop = exchange("/api/items", "fetch", status_code=302, mime_type="text/html", outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", "fetch", mime_type="text/html", redirected_from="/api/items")

    found = unusable_answers(session(hop, led), session(ITEMS))

    assert found == {"/login": "status 200, but HTML instead of JSON; /api/items redirects to it"}


def test_a_sign_in_instead_of_a_part_of_the_page_is_unusable() -> None:
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
        ("fetch", 200, None, "status 200, but an empty response instead of JSON"),
        ("fetch", 204, None, None),
        (
            "fetch",
            204,
            "SyntaxError: Unexpected end of JSON input",
            "status 204, but an empty response instead of JSON",
        ),
        ("fetch", 304, None, "status 304, but the browser has no copy of it"),
        ("script", 304, None, "status 304, but the browser has no copy of it"),
        ("script", 200, None, "status 200, but it is empty, which it was not before"),
    ],
)
def test_an_empty_response_instead_of_content_is_unusable(
    kind: str, status: int, thrown_text: str | None, reason: str | None
) -> None:
    empty = exchange("/x", kind, status_code=status, decoded_bytes=0)
    good = session(exchange("/x", kind, decoded_bytes=120, mime_type="application/json"))
    now = session(empty, console=(thrown(thrown_text),) if thrown_text else ())

    assert unusable_answers(now, good) == ({"/x": reason} if reason else {})
    assert unusable_answers(now, None) == unusable_answers(now, session(empty)) == {}
    assert unusable_answers(session(replace(empty, from_cache="memory")), good) == {}


def test_a_304_response_with_a_cached_copy_is_usable() -> None:
    fresh = exchange("/app.js", status_code=304, decoded_bytes=120)

    assert unusable_answers(session(fresh), session(exchange("/app.js", decoded_bytes=120))) == {}


def test_a_job_that_is_polled_and_never_completes_is_unusable() -> None:
    pending = [exchange("/job", "fetch", status_code=202, exchange_id=name) for name in "abc"]
    done = exchange("/job", "fetch", exchange_id="d")
    good = session(*pending, done)

    assert unusable_answers(session(*pending), good) == {"c": "status 202 all 3 times: the operation never completes"}
    assert unusable_answers(session(*pending[:2]), good) == unusable_answers(good, good) == {}
    assert unusable_answers(session(*pending), session(*pending)) == {}


def test_a_sign_in_in_a_frame_is_unusable_and_one_of_the_page_is_not_reported_here() -> None:
    frame = exchange("/checkout", "document", target="iframe")
    hop = exchange("/checkout", "document", target="iframe", status_code=302, outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", "document", target="iframe", redirected_from="/checkout")
    own = exchange("/", "document", status_code=302, outcome=NetworkEventType.REDIRECT)
    shown = exchange("/login", "document", redirected_from="/")

    assert unusable_answers(session(hop, led), session(frame)) == {
        "/login": "status 200, but a sign-in, to which /checkout led"
    }
    assert unusable_answers(session(exchanges=(own, shown)), session()) == {}


def test_a_websocket_that_closes_early_and_stayed_open_before_is_unusable() -> None:
    closed = exchange("/live", "websocket", status_code=101, duration_ms=300.0)
    stayed = session(exchange("/live", "websocket", status_code=101, duration_ms=1_200.0), open_sockets={"/live"})
    again = exchange("/live", "websocket", status_code=101, exchange_id="again")

    found = unusable_answers(session(closed), stayed)

    assert found == {"/live": "it was closed after 300 ms, and had stayed open before"}
    assert unusable_answers(session(closed), session(closed)) == {}
    assert unusable_answers(session(closed, again, open_sockets={"again"}), stayed) == {}
    assert unusable_answers(session(replace(closed, duration_ms=1_100.0)), stayed) == {}


def test_html_instead_of_a_redirected_script_names_the_script() -> None:
    hop = exchange("/app.js", status_code=302, mime_type="text/html", outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", mime_type="text/html", redirected_from="/app.js")

    assert unusable_answers(session(hop, led), None) == {
        "/login": "status 200, but HTML instead of a script; /app.js redirects to it"
    }


@pytest.mark.parametrize(
    ("told", "kind", "reason"),
    [
        (
            "Refused to execute script from '{}' because its MIME type ('text/plain') is not",
            "script",
            "its type is text/plain, not that of a script",
        ),
        (
            "Refused to apply style from '{}' because its MIME type ('text/plain') is not",
            "stylesheet",
            "its type is text/plain, not that of a style sheet",
        ),
    ],
)
def test_a_refused_type_is_named(told: str, kind: str, reason: str) -> None:
    file = exchange("/a", kind)
    line = ConsoleFact(id=1, level="error", source="security", text=told.format(file.url))

    assert unusable_answers(session(file, console=(line,)), None) == {"/a": f"status 200, but {reason}"}


@pytest.mark.parametrize("kind", ["image", "font"])
def test_html_in_place_of_a_picture_or_font_is_unusable_if_it_was_one_before(kind: str) -> None:
    file, html = exchange("/a", kind, mime_type=f"{kind}/x"), exchange("/a", kind, mime_type="text/html")

    now = unusable_answers(session(html), session(file))
    pixel = unusable_answers(session(html), session(html))

    assert now == {"/a": f"status 200, but HTML instead of a {'picture' if kind == 'image' else 'font'}"}
    assert not pixel
