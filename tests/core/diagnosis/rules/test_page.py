"""What a page needs, and what it says itself."""

from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.page import page
from tests.core.diagnosis.facts import evidence, exchange, failed, session, thrown

ITEMS = exchange("/api/items", "fetch", mime_type="application/json")
TOLD = {"/api/items": "upstream timeout"}


def test_an_answer_that_tells_of_an_error_is_likely_the_cause() -> None:
    (one,) = page(evidence(session=session(ITEMS, told_errors=TOLD), good_session=session(ITEMS)))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.LIKELY)
    assert "/api/items (status 200, but its answer tells of an error: “upstream timeout”)" in one.sentence


def test_it_is_surely_the_cause_where_the_page_threw_over_it() -> None:
    now = session(ITEMS, told_errors=TOLD, console=(thrown("TypeError: x is undefined"),))

    first, *_rest = page(evidence(session=now, good_session=session(ITEMS)))

    assert (first.kind, first.confidence) == (Kind.API_FAILED, Confidence.HIGH)


def test_a_font_that_the_browser_keeps_away_is_a_blemish() -> None:
    words = "Blocked by CORS: the answer has no Access-Control-Allow-Origin header"

    (one,) = page(evidence(session=session(failed("/a.woff2", words, kind="font"))))

    assert (one.kind, one.confidence) == (Kind.RESOURCE_FAILED, Confidence.NOTE)


def test_an_error_that_a_script_logs_is_a_note_where_it_is_new() -> None:
    over = thrown("Maps error: OverQuotaMapError", source="console")
    known, again = (thrown(f"GET /a took {ms} ms", source="console") for ms in (412, 97))

    (one,) = page(evidence(session=session(console=(again, over)), good_session=session(console=(known,))))

    assert (one.kind, one.confidence) == (Kind.PAGE_ERROR, Confidence.NOTE)
    assert one.sentence == "The page's script logged an error: “Maps error: OverQuotaMapError”."
    assert list(page(evidence(session=session(console=(over,))))) == []
