"""Answers of a good status that were of no use to the page."""

from core.diagnosis.unusable import unusable
from core.models import NetworkEventType
from tests.core.diagnosis.facts import exchange, session

ITEMS = exchange("/api/items", "fetch", mime_type="application/json")


def test_an_answer_that_tells_of_an_error_is_of_no_use_where_it_told_of_none_before() -> None:
    now = session(ITEMS, told_errors={"/api/items": "upstream timeout"})

    found = unusable(now, session(ITEMS))

    assert found == {"/api/items": "status 200, but its answer tells of an error: “upstream timeout”"}


def test_an_error_that_an_answer_always_tells_of_is_how_it_is() -> None:
    now = session(ITEMS, told_errors={"/api/items": "not signed in"})

    assert unusable(now, None) == unusable(now, now) == {}


def test_a_page_that_an_answer_leads_to_is_told_once_with_what_led_there() -> None:
    hop = exchange("/api/items", "fetch", status_code=302, mime_type="text/html", outcome=NetworkEventType.REDIRECT)
    led = exchange("/login", "fetch", mime_type="text/html", redirected_from="/api/items")

    found = unusable(session(hop, led), session(ITEMS))

    assert found == {"/login": "status 200, but HTML instead of JSON, where /api/items led"}
