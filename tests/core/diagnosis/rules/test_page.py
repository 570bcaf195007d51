"""Failures of a page whose document loaded."""

from dataclasses import replace

import pytest

from core.debugging.shown_page import ShownPage
from core.debugging.waterfall import Exchange
from core.diagnosis.diagnose import diagnose
from core.diagnosis.finding import in_order
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.rules.page import page
from core.diagnosis.session_facts import ConsoleFact
from core.models import Interruption, NetworkEventType
from tests.core.diagnosis.facts import URL, evidence, exchange, failed, session, thrown

ITEMS = exchange("/api/items", "fetch", mime_type="application/json")
TOLD = {"/api/items": "upstream timeout"}


def test_a_response_with_an_error_message_is_likely_the_cause() -> None:
    (one,) = page(evidence(session=session(ITEMS, json_errors=TOLD), good_session=session(ITEMS)))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.LIKELY)
    assert "/api/items (status 200, but its response reports an error: “upstream timeout”)" in one.sentence


def test_it_is_certainly_the_cause_if_the_page_throws_because_of_it() -> None:
    now = session(ITEMS, json_errors=TOLD, console=(thrown("TypeError: x is undefined"),))

    first, *_rest = page(evidence(session=now, good_session=session(ITEMS)))

    assert (first.kind, first.confidence) == (Kind.API_FAILED, Confidence.HIGH)


def test_a_401_that_succeeded_before_is_the_cause() -> None:
    refused = exchange("/api/items", "fetch", status_code=401)

    (now,) = page(evidence(session=session(refused), good_session=session(ITEMS)))
    (always,) = page(evidence(session=session(refused), good_session=session(refused)))
    (at_first,) = page(evidence(session=session(refused)))

    assert (now.kind, now.confidence) == (Kind.API_FAILED, Confidence.HIGH)
    assert now.sentence == "The document is fine, but an API call of the page fails: /api/items (status 401)."
    assert always.confidence == at_first.confidence == Confidence.NOTE


def test_a_request_whose_retry_succeeds_is_a_note() -> None:
    first = exchange("/api/items", "fetch", status_code=503, exchange_id="1", started_ms=1.0)
    again = exchange("/api/items", "fetch", exchange_id="2", started_ms=2.0)

    (one,) = page(evidence(session=session(first, again), good_session=session(ITEMS)))
    (late, *_rest) = page(evidence(session=session(replace(first, started_ms=3.0), again), good_session=session(ITEMS)))

    assert (one.confidence, late.confidence) == (Confidence.NOTE, Confidence.HIGH)
    assert "/api/items (status 503, and loaded on a second request)" in one.sentence


def test_a_similar_request_is_no_retry() -> None:
    for gone, came in (
        ("/_next/static/chunks/2kl44q12lxr4l.js", "/_next/static/chunks/3qfy96eoyhek1.js"),
        ("/api/items/17", "/api/items/18"),
        ("/api/feed?of=cart", "/api/feed?of=news"),
        ("/api/posts?id=1768432123456789012", "/api/posts?id=1768432123456789345"),
    ):
        kind = "script" if gone.endswith(".js") else "fetch"
        now = session(exchange(gone, kind, status_code=500), exchange(came, kind, started_ms=9.0))
        good = session(exchange(gone, kind), exchange(came, kind))

        (one, *_rest) = page(evidence(session=now, good_session=good))

        assert (one.confidence, "on a second request" in one.sentence) == (Confidence.HIGH, False)


def test_a_service_workers_request_is_no_retry_of_the_page() -> None:
    gone = exchange("/cart.js", mime_type="text/html", exchange_id="1")
    cached = exchange(
        "/cart.js", "fetch", mime_type="text/html", target="service_worker", exchange_id="2", started_ms=9
    )

    (one,) = page(evidence(session=session(gone, cached), good_session=session(exchange("/cart.js"))))

    assert (one.kind, one.confidence) == (Kind.SCRIPT_FAILED, Confidence.HIGH)
    assert "/cart.js (status 200, but HTML instead of a script)." in one.sentence
    assert "Some servers send the start page in place of a file that is missing." in one.why


def test_a_file_that_a_service_worker_cannot_cache_is_no_request_of_the_page() -> None:
    gone = exchange("/cart.css", "stylesheet", status_code=404, exchange_id="1")
    cached = exchange("/cart.css", "fetch", status_code=404, target="service_worker", exchange_id="2")
    good = session(exchange("/cart.css", "stylesheet"), replace(cached, status_code=200))

    both = list(page(evidence(session=session(gone, cached), good_session=good)))
    (alone,) = page(evidence(session=session(cached), good_session=good))

    assert [one.kind for one in both] == [Kind.STYLESHEET_FAILED]
    assert (alone.kind, alone.confidence) == (Kind.RESOURCE_FAILED, Confidence.NOTE)


def test_a_retry_may_bypass_caches() -> None:
    for gone, came, kind in (
        ("/app.js", "/app.js?retry=1", "script"),
        ("/api/items?_=1796001070707", "/api/items?_=1796001071812", "fetch"),
    ):
        now = session(exchange(gone, kind, status_code=503), exchange(came, kind, started_ms=9.0))

        (one,) = page(evidence(session=now, good_session=session(exchange(gone, kind))))

        assert (one.confidence, "on a second request" in one.sentence) == (Confidence.NOTE, True)


def test_a_similar_request_that_failed_before_is_another_one() -> None:
    ads, cart = exchange("/api/feed?of=ads", "fetch", status_code=404), exchange("/api/feed?of=cart", "fetch")
    now = session(ads, replace(cart, status_code=500))

    (one,) = page(evidence(session=now, good_session=session(ads, cart)))

    assert (one.confidence, "/api/feed?of=cart (status 500)" in one.sentence) == (Confidence.HIGH, True)
    assert "of=ads" not in one.sentence


def test_another_operation_at_the_same_url_is_no_retry() -> None:
    cart = exchange("/graphql", "fetch", status_code=500, exchange_id="C", started_ms=1.0)
    news = exchange("/graphql", "fetch", exchange_id="N", started_ms=2.0)
    asked = {"C": "Cart", "N": "News"}
    good = session(replace(cart, status_code=200), news, operations=asked)

    (one,) = page(evidence(session=session(cart, news, operations=asked), good_session=good))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.HIGH)
    assert "fails: /graphql “Cart” (status 500)." in one.sentence


def test_a_repeatedly_failing_request_is_named_once() -> None:
    tries = [exchange("/app.js", status_code=404, exchange_id=str(number)) for number in range(50)]

    (one,) = page(evidence(session=session(*tries), good_session=session(exchange("/app.js"))))

    assert one.sentence == "The document is fine, but a script of the page fails: /app.js (status 404)."


def test_a_trusted_types_violation_is_reported_as_csp() -> None:
    words = (
        "Uncaught TypeError: Failed to set the 'innerHTML' property: This document requires 'TrustedHTML' assignment."
    )

    first, *_rest = page(evidence(session=session(console=(thrown(words),)), good_session=session()))

    assert (first.kind, first.confidence) == (Kind.CSP, Confidence.HIGH)


def test_a_sandboxed_page_is_reported_as_csp_and_a_sandboxed_frame_is_not() -> None:
    text = "Blocked script execution in '{}' because the document's frame is sandboxed and the 'allow-scripts' …"
    own, frame = (
        ConsoleFact(id=1, level="error", source="security", text=text.format(url)) for url in (URL, "about:srcdoc")
    )

    (one,) = page(evidence(session=session(console=(own, frame)), good_session=session()))

    assert (one.kind, one.confidence) == (Kind.CSP, Confidence.HIGH)
    assert [*page(evidence(session=session(console=(frame,)), good_session=session()))] == []


@pytest.mark.parametrize(
    ("statuses", "confidence"),
    [((404, 404), Confidence.LIKELY), ((404, 200), Confidence.NOTE), ((404,), Confidence.NOTE)],
    ids=["all", "one of two", "the only one"],
)
def test_a_page_without_any_of_its_own_files_is_broken_even_without_a_good_session(
    statuses: tuple[int, ...], confidence: Confidence
) -> None:
    files = [exchange(f"/{number}.css", "stylesheet", status_code=status) for number, status in enumerate(statuses)]
    widget = exchange("https://widgets.test/chat.js")

    (one,) = page(evidence(session=session(*files, widget)))

    assert (one.kind, one.confidence) == (Kind.STYLESHEET_FAILED, confidence)


def test_a_font_that_the_browser_blocks_is_a_blemish() -> None:
    words = "Blocked by CORS: the response has no Access-Control-Allow-Origin header"

    (one,) = page(evidence(session=session(failed("/a.woff2", words, kind="font"))))

    assert (one.kind, one.confidence) == (Kind.RESOURCE_FAILED, Confidence.NOTE)


def test_a_newly_logged_error_is_a_note() -> None:
    over = thrown("The cart has no lamp", source="console")
    known, again = (thrown(f"GET /a took {ms} ms", source="console") for ms in (412, 97))

    (one,) = page(evidence(session=session(console=(again, over)), good_session=session(console=(known,))))

    assert (one.kind, one.confidence) == (Kind.PAGE_ERROR, Confidence.NOTE)
    assert one.sentence == "The page's script logged an error: “The cart has no lamp”."
    assert list(page(evidence(session=session(console=(over,))))) == []


@pytest.mark.parametrize(
    "text",
    [
        "Google Maps JavaScript API error: ExpiredKeyMapError https://maps.test/errors",
        "Google Maps JavaScript API error: OverQuotaMapError",
        "Invalid site key or not loaded in api.js: 6Lc",
        "The domain shop.example is not authorized for this account",
        "Your trial has expired",
        "You must enable Billing on the Google Cloud Project",
        "Quota exceeded for this key",
    ],
)
def test_a_third_party_that_refuses_the_key_is_a_likely_cause(text: str) -> None:
    theirs = thrown(text, source="console", url="https://maps.test/api.js")
    ours = thrown(text, source="console", url="https://shop.example/app.js")

    (one,) = page(evidence(session=session(console=(theirs,)), good_session=session()))
    (own,) = page(evidence(session=session(console=(ours,)), good_session=session()))

    assert (one.kind, one.confidence) == (Kind.THIRD_PARTY_FAILED, Confidence.LIKELY)
    assert own.confidence is Confidence.NOTE
    assert list(page(evidence(session=session(console=(theirs,)), good_session=session(console=(theirs,))))) == []


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("TypeError: x is null\n    at https://tags.test/tag.js:1:9", Confidence.NOTE),
        (
            "TypeError: x is null\n    at https://tags.test/jquery.js:1:9\n    at https://shop.example/app.js:3:1",
            "likely",
        ),
    ],
)
def test_an_error_that_only_a_third_party_throws_is_a_note(text: str, confidence: str) -> None:
    line = thrown(text, url="https://tags.test/tag.js")

    (one,) = page(evidence(session=session(console=(line,)), good_session=session()))

    assert (one.kind, one.confidence) == (Kind.PAGE_ERROR, confidence)


def test_a_full_storage_is_no_refused_key() -> None:
    text = "QuotaExceededError: Failed to execute 'setItem' on 'Storage': Setting the value exceeded the quota."
    line = thrown(text, url="https://tags.test/tag.js")

    (one,) = page(evidence(session=session(console=(line,)), good_session=session()))

    assert (one.kind, one.confidence) == (Kind.PAGE_ERROR, Confidence.NOTE)


def test_a_key_that_a_third_party_refuses_by_an_error_is_named() -> None:
    line = thrown("Error: An API access token is required", url="https://tags.test/map.js")

    (one,) = page(evidence(session=session(console=(line,)), good_session=session()))

    assert one.sentence.startswith("A third party refuses the website's key or account: “Error: An API access token")


def test_an_error_that_the_page_always_throws_shows_no_harm() -> None:
    always = thrown("ReferenceError: a is not defined", url="https://shop.example/app.js")
    blocked = failed("https://tags.test/a.js", "Blocked: the page's Content-Security-Policy forbids it (csp).")
    good = session(exchange("https://tags.test/a.js"), console=(always,))

    found = list(page(evidence(session=session(blocked, console=(always,)), good_session=good)))

    assert {one.confidence for one in found} == {Confidence.NOTE}


@pytest.mark.parametrize(
    "failure",
    [
        exchange("https://ads.test/93", "script", status_code=403),
        failed("https://tags.test/a.js", "Blocked: the page's Content-Security-Policy forbids it (csp)."),
    ],
    ids=["new advertisement", "blocked tracker"],
)
def test_an_error_that_only_a_third_party_throws_shows_no_harm(failure: Exchange) -> None:
    theirs = thrown("TypeError: x is null\n    at https://tags.test/tag.js:1:9", url="https://tags.test/tag.js")
    good = session(exchange("https://tags.test/a.js"))

    found = list(page(evidence(session=session(failure, console=(theirs,)), good_session=good)))

    assert {one.confidence for one in found} == {Confidence.NOTE}


def test_the_text_of_a_refusal_is_quoted() -> None:
    refused = exchange("/api/items", "fetch", status_code=401)

    (one,) = page(
        evidence(session=session(refused, error_responses={"/api/items": "jwt expired"}), good_session=session(ITEMS))
    )

    assert "/api/items (status 401, “jwt expired”)" in one.sentence


def test_a_fragment_with_a_new_error_message_is_likely_the_cause() -> None:
    part = exchange("/part", "fetch", mime_type="text/html")
    told = {"/part": "it reports an error: “Internal Server Error”"}

    (one,) = page(evidence(session=session(part, html_errors=told), good_session=session(part)))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.LIKELY)
    assert "/part (status 200, but it reports an error: “Internal Server Error”)" in one.sentence
    assert not list(
        page(evidence(session=session(part, html_errors=told), good_session=session(part, html_errors=told)))
    )


@pytest.mark.parametrize(
    "text",
    [
        "ERROR TypeError: Cannot read properties of undefined (reading 'name')",
        "Error handled by React Router default ErrorBoundary: ReferenceError: cart is not defined",
        "Error: Minified React error #31; visit https://react.dev/errors/31",
    ],
    ids=["Angular", "React", "a number of React"],
)
def test_a_fault_that_a_framework_catches_and_logs_is_likely_the_cause(text: str) -> None:
    line = thrown(text, source="console", url="https://shop.example/main.js", line_number=4)
    theirs = replace(line, url="https://widgets.example/chat.js")

    (own,) = page(evidence(session=session(console=(line,)), good_session=session()))
    (of_others,) = page(evidence(session=session(console=(theirs,)), good_session=session()))

    assert (own.kind, own.confidence, of_others.confidence) == (Kind.PAGE_ERROR, Confidence.LIKELY, Confidence.NOTE)
    assert "(main.js:4)" in own.sentence
    assert list(page(evidence(session=session(console=(line,)), good_session=session(console=(line,))))) == []


def test_a_request_that_fails_and_is_logged_is_no_fault_of_the_script() -> None:
    line = thrown("TypeError: Failed to fetch", source="console", url="https://shop.example/main.js")

    (one,) = page(evidence(session=session(console=(line,)), good_session=session()))

    assert one.confidence is Confidence.NOTE


def test_a_missing_favicon_is_not_quoted_for_a_blank_page() -> None:
    words = "Failed to load resource: the server responded with a status of 404 (Not Found)"
    icon = thrown(words, source="network", url="https://shop.example/favicon.ico")
    script = thrown("Refused to execute script", source="network", url="https://shop.example/app.js")
    milestones = {"load": 300.0}

    (quiet,) = page(evidence(session=session(console=(icon,), milestones=milestones)))
    (told,) = page(evidence(session=session(console=(icon, script), milestones=milestones)))

    assert "First in the console" not in quiet.sentence
    assert "First in the console: “Refused to execute script” (app.js)." in told.sentence


def test_a_request_that_the_page_gave_up_is_likely_the_cause_if_it_was_answered_before() -> None:
    aborted = failed("/api/items", "It was aborted by the page or the browser (ERR_ABORTED).", "fetch")
    good = session(ITEMS)

    (late,) = page(evidence(session=session(replace(aborted, duration_ms=5_000.0)), good_session=good))
    soon = page(evidence(session=session(replace(aborted, duration_ms=900.0)), good_session=good))
    never = page(evidence(session=session(replace(aborted, duration_ms=5_000.0)), good_session=session()))
    left = session(replace(aborted, duration_ms=5_000.0, interruption=Interruption.NAVIGATION))

    assert (late.kind, late.confidence) == (Kind.API_FAILED, Confidence.LIKELY)
    assert "/api/items (no response within 5.0 s, after which the page cancelled it)" in late.sentence
    assert [*soon, *never] == []
    assert list(page(evidence(session=left, good_session=good))) == []


@pytest.mark.parametrize("kind", ["fetch", "script", "eventsource", "websocket"])
def test_a_request_that_is_no_longer_answered_is_likely_the_cause(kind: str) -> None:
    asked = exchange("/x", kind, status_code=None, outcome=NetworkEventType.REQUEST, duration_ms=None, started_ms=400.0)
    good = session(exchange("/x", kind, mime_type="text/event-stream"))

    (late,) = diagnose(evidence(session=session(asked, ended_ms=10_900.0), good_session=good))
    soon = diagnose(evidence(session=session(asked, ended_ms=1_900.0), good_session=good))
    polls = diagnose(evidence(session=session(asked, ended_ms=10_900.0), good_session=session(asked, *good.exchanges)))

    assert late.confidence is Confidence.LIKELY
    assert "/x (no response within 10.5 s, when the session ended)" in late.sentence
    assert soon == polls == []


def test_an_unanswered_request_is_a_note_without_a_good_session() -> None:
    asked = exchange("/x", "fetch", status_code=None, outcome=NetworkEventType.REQUEST, duration_ms=None)

    (one,) = diagnose(evidence(session=session(asked, ended_ms=10_001.0)))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.NOTE)
    assert "/x (after 10.0 s)" in one.sentence


def test_a_failed_frame_of_the_page_is_likely_the_cause() -> None:
    fails = exchange("/checkout", "document", status_code=500, target="iframe")
    good = session(exchange("/checkout", "document", target="iframe"))

    (new,) = page(evidence(session=session(fails), good_session=good))
    (old,) = page(evidence(session=session(fails), good_session=session(fails)))
    (unknown,) = page(evidence(session=session(fails)))

    assert (new.kind, new.confidence) == (Kind.RESOURCE_FAILED, Confidence.LIKELY)
    assert (
        "A frame of the page fails, so part of the page is missing for visitors: /checkout (status 500)" in new.sentence
    )
    assert old.confidence == unknown.confidence == Confidence.NOTE


def test_a_request_redirected_to_a_foreign_sign_in_is_not_reported_as_cors() -> None:
    blocked = "Blocked by CORS: the response has no Access-Control-Allow-Origin header (MissingAllowOriginHeader)."
    hop = exchange("/api/items", "fetch", status_code=302, outcome=NetworkEventType.REDIRECT)
    led = replace(failed("https://sso.test/login?next=x", blocked, "fetch"), redirected_from="/api/items")

    (one,) = page(evidence(session=session(hop, led), good_session=session(ITEMS)))
    (unknown,) = page(evidence(session=session(hop, led)))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.HIGH)
    assert "(a sign-in, to which /api/items redirects now; the browser withholds its response (CORS))" in one.sentence
    assert unknown.kind is Kind.CORS


def test_requests_blocked_by_the_sessions_options_are_no_failures() -> None:
    pattern = failed("/app.css", "Blocked: a block pattern of this session matches it (inspector).", "stylesheet")
    script = failed("/app.js", "Blocked: this session has scripts switched off (scripts-off).")
    policy = failed("/app.js", "Blocked: the page's Content-Security-Policy forbids it (csp).")

    assert list(page(evidence(session=session(pattern, script)))) == []
    assert [one.kind for one in page(evidence(session=session(policy)))] == [Kind.CSP]


def test_an_incomplete_response_is_the_cause_if_it_was_complete_before() -> None:
    stuck = exchange("/api/items", "fetch", interruption=Interruption.SESSION_END, duration_ms=9_000.0)
    whole = session(exchange("/api/items", "fetch"))

    found = diagnose(evidence(session=session(stuck), good_session=whole))

    assert [(one.kind, one.confidence) for one in found] == [(Kind.API_FAILED, Confidence.HIGH)]
    assert "/api/items (status 200, but its response was not complete after 9.0 s)" in found[0].sentence
    assert diagnose(evidence(session=session(stuck), good_session=session(stuck))) == []
    assert diagnose(evidence(session=session(stuck))) == []


def test_a_websocket_that_closes_early_is_likely_the_cause() -> None:
    closed = exchange("/live", "websocket", status_code=101, duration_ms=300.0)
    stayed = exchange("/live", "websocket", status_code=101, duration_ms=1_200.0)

    (one,) = diagnose(evidence(session=session(closed), good_session=session(stayed, open_sockets={"/live"})))

    assert (one.kind, one.confidence) == (Kind.API_FAILED, Confidence.LIKELY)
    assert "/live (it was closed after 300 ms, and had stayed open before)" in one.sentence


def test_an_own_failure_takes_the_blame_before_one_of_a_third_party() -> None:
    own, tracker = exchange("/app.js", status_code=404), exchange("https://ads.test/a.js", status_code=503)
    good = session(exchange("/app.js"), exchange("https://ads.test/a.js"))
    blank = session(own, tracker, milestones={"load": 300.0})

    first, *rest = page(evidence(session=blank, good_session=good))

    (aside,) = (one for one in rest if one.kind is Kind.THIRD_PARTY_FAILED)
    assert (first.kind, first.confidence) == (Kind.SCRIPT_FAILED, Confidence.HIGH)
    assert (aside.confidence, "so the page stays blank" in aside.sentence) == (Confidence.LIKELY, False)


def test_a_failed_api_call_is_blamed_before_a_missing_style_sheet() -> None:
    gone = exchange("/style.css", "stylesheet", status_code=404)
    good = session(exchange("/style.css", "stylesheet"), ITEMS)

    found = in_order(page(evidence(session=session(gone, replace(ITEMS, status_code=500)), good_session=good)))

    assert [one.kind for one in found] == [Kind.API_FAILED, Kind.STYLESHEET_FAILED]


def test_a_policy_that_blocks_a_third_party_of_a_working_page_is_a_note() -> None:
    blocked = failed("https://ads.test/a.js", "Blocked: the page's Content-Security-Policy forbids it (csp).")
    good = session(exchange("https://ads.test/a.js"), ITEMS)

    found = list(page(evidence(session=session(blocked, replace(ITEMS, status_code=503)), good_session=good)))

    assert {one.kind: one.confidence for one in found} == {
        Kind.CSP: Confidence.NOTE,
        Kind.API_FAILED: Confidence.HIGH,
    }


@pytest.mark.parametrize("kind", ["script", "document"])
def test_a_third_party_that_the_page_did_not_request_before_is_a_note_while_it_works(kind: str) -> None:
    advertisement = exchange("https://ads.test/93", kind, status_code=403)
    good = session(exchange("https://ads.test/seventeen", kind))

    (one,) = page(evidence(session=session(advertisement), good_session=good))

    assert (one.kind, one.confidence) == (Kind.THIRD_PARTY_FAILED, Confidence.NOTE)
    assert one.why.endswith("In the last good session the page did not request it.")


def test_a_style_sheet_of_another_domain_matters_even_if_its_address_is_new() -> None:
    missing = exchange("https://shop-cdn.test/v124/shop.css", "stylesheet", status_code=404)
    good = session(exchange("https://shop-cdn.test/v123/shop.css", "stylesheet"))

    (one,) = page(evidence(session=session(missing), good_session=good))

    assert one.confidence is not Confidence.NOTE


@pytest.mark.parametrize(
    ("method", "is_json", "confidence"),
    [("GET", True, Confidence.LIKELY), ("POST", True, Confidence.NOTE), ("GET", False, Confidence.NOTE)],
)
def test_a_blocked_third_party_matters_only_if_it_gave_the_page_data(
    method: str, is_json: bool, confidence: Confidence
) -> None:
    words = "Blocked by CORS: the response has no Access-Control-Allow-Origin header"
    blocked = replace(failed("https://api.test/v1", words, kind="fetch"), method=method)
    before = exchange("https://api.test/v1", "fetch", method=method)
    good = session(before, json={before.exchange_id} if is_json else ())

    (one,) = page(evidence(session=session(blocked), good_session=good))

    assert (one.kind, one.confidence) == (Kind.CORS, confidence)


@pytest.mark.parametrize(
    ("texts", "confidence", "named"),
    [
        (("Loading the image 'data:,'", "Executing inline script"), Confidence.HIGH, "inline script"),
        (("Connecting to 'https://api.example.net/'",), Confidence.LIKELY, "api.example.net"),
        (("Fetch API cannot load https://api.example.net/b. It",), Confidence.LIKELY, "api.example.net"),
        (("Connecting to 'https://ads.test/'", "Connecting to 'https://shop.example/a'"), Confidence.HIGH, "shop.exam"),
        (("Loading the font 'https://fonts.test/a'", "Loading media from 'data:,'"), Confidence.NOTE, "media"),
    ],
)
def test_of_several_blocks_the_one_that_harms_most_is_named(
    texts: tuple[str, ...], confidence: Confidence, named: str
) -> None:
    words = [f"{text} violates the following Content Security Policy directive" for text in texts]
    lines = tuple(ConsoleFact(id=at, level="error", source="security", text=text) for at, text in enumerate(words))

    (one,) = page(evidence(session=session(console=lines), good_session=session()))

    assert (one.kind, one.confidence, named in one.sentence) == (Kind.CSP, confidence, True)


@pytest.mark.parametrize(
    ("url", "confidence"),
    [("http://ads.test/a.js", Confidence.LIKELY), ("http://shop.example/a.js", Confidence.HIGH)],
)
def test_mixed_content_of_a_third_party_is_a_likely_cause_only(url: str, confidence: Confidence) -> None:
    text = f"Mixed Content: The page at 'https://shop.example/' was loaded over HTTPS, but requested '{url}'. Blocked."
    line = ConsoleFact(id=1, level="error", source="security", text=text)

    (one,) = page(evidence(session=session(console=(line,)), good_session=session()))

    assert (one.kind, one.confidence) == (Kind.MIXED_CONTENT, confidence)


def test_a_document_from_a_cache_may_name_files_of_an_earlier_deploy() -> None:
    gone = session(exchange("/app.js", status_code=404), headers={"age": "7210"})

    (one,) = page(evidence(session=gone, good_session=session(exchange("/app.js"))))

    assert one.why.endswith("A cache sent the document (age: 7210 s), so it may name files of an earlier deploy.")


@pytest.mark.parametrize(
    ("status", "console", "expected"),
    [
        (404, (), Confidence.NOTE),
        (404, (thrown("ReferenceError: cart is not defined"),), Confidence.LIKELY),
        (503, (), Confidence.LIKELY),
    ],
    ids=["missing", "missing and an error", "refused"],
)
@pytest.mark.parametrize("kind", ["script", "stylesheet"])
def test_without_a_good_session_a_missing_file_of_a_working_page_is_a_note(
    status: int, console: tuple[ConsoleFact, ...], expected: Confidence, kind: str
) -> None:
    (first, *_rest) = page(evidence(session=session(exchange("/file", kind, status_code=status), console=console)))

    assert first.confidence is expected


@pytest.mark.parametrize(
    ("text", "is_named"),
    [
        ("Uncaught TypeError: Cannot read properties of undefined (reading 'map')", True),
        ("TypeError: null is not an object (evaluating 'data.items.map')", True),
        ("TypeError: data.items is not iterable", True),
        ("ReferenceError: Stripe is not defined", False),
    ],
)
def test_an_error_over_a_missing_value_names_the_data_that_lacks_it(text: str, is_named: bool) -> None:
    call = exchange("/api/items", "fetch")
    good = session(call, json_fields={"/api/items": frozenset({"items", "items.name"})})
    now = session(call, console=(thrown(text),), json_fields={"/api/items": frozenset({"total"})})

    (one,) = page(evidence(session=now, good_session=good))

    lost = "; the response of /api/items has no value for “items”, which it had before."
    assert (one.kind, one.sentence.endswith(lost)) == (Kind.PAGE_ERROR, is_named)


def test_a_film_that_loaded_before_is_a_missing_part_of_the_page() -> None:
    gone = exchange("/film.mp4", "media", status_code=404)
    good = session(exchange("/film.mp4", "media", status_code=206))

    (one,) = page(evidence(session=session(gone), good_session=good))
    (noted,) = page(evidence(session=session(gone), good_session=session(gone)))

    assert (one.kind, one.confidence) == (Kind.RESOURCE_FAILED, Confidence.LIKELY)
    assert one.sentence == (
        "A film or sound of the page fails, so part of the page is missing for visitors: /film.mp4 (status 404)."
    )
    assert noted.confidence is Confidence.NOTE


def test_a_page_that_did_not_respond_at_its_end_may_not_be_blank() -> None:
    good = session(shown_page=ShownPage(text="Garden shop"))
    silent = session(milestones={"load": 142.0}, ended_ms=6_900.0, is_silent=True)

    (one,) = page(evidence(session=silent, good_session=good))
    (blank,) = page(
        evidence(session=replace(silent, console=(thrown("ReferenceError: x is not defined"),)), good_session=good)
    )

    assert blank.kind is Kind.BLANK_PAGE
    assert (one.kind, one.confidence) == (Kind.SLOW_SCRIPT, Confidence.LIKELY)
    assert one.sentence == (
        "The page had painted nothing after 6.9 s and did not respond then, so something kept its main thread busy."
    )


def test_a_blank_page_whose_scripts_report_nothing_has_a_hint() -> None:
    empty = ShownPage(text="", is_empty=True)
    good = session(exchange("/app.js"), shown_page=ShownPage(text="Garden shop"))

    (one,) = page(
        evidence(session=session(exchange("/app.js"), shown_page=empty, milestones={"load": 1.0}), good_session=good)
    )
    (bare,) = page(evidence(session=session(shown_page=empty, milestones={"load": 1.0}), good_session=good))

    assert (one.kind, one.confidence) == (Kind.BLANK_PAGE, Confidence.HIGH)
    assert "A router without a route for this address" in one.why
    assert "router" not in bare.why
