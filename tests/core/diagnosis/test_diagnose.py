"""Every rule on handmade evidence; `benchmarks.diagnosis` stages real failures."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.debugging.failures import BUSY, NAVIGATED_STARTS
from core.debugging.waterfall import Exchange, Phases
from core.diagnosis.diagnose import cause, diagnose
from core.diagnosis.evidence import Evidence
from core.diagnosis.kinds import Confidence, Kind
from core.diagnosis.look_facts import NO_ADDRESS, AttemptFact, CertificateFact, LookupFact, SpokenFact
from core.diagnosis.session_facts import ConsoleFact
from core.models import Interruption, MonitorStatus, NetworkEventType
from tests.core.diagnosis.facts import (
    NOON,
    URL,
    check,
    evidence,
    exchange,
    failed,
    hop,
    look,
    session,
    thrown,
)

BLANK = {"load": 300.0}


def certificate(**overrides: object) -> CertificateFact:
    given = {
        "subject": "CN = shop.example",
        "issuer": "CN = Example CA",
        "names": ("shop.example",),
        "starts_at": NOON - timedelta(days=60),
        "expires_at": NOON + timedelta(days=60),
        "chain": ("CN = Example CA",),
    } | overrides
    return CertificateFact(**given)  # type: ignore[arg-type]


def tls(kind: str, **overrides: object) -> Evidence:
    attempt = AttemptFact(address="192.0.2.1", connect_ms=1.0, certificate=certificate(**overrides))
    return evidence(
        checks=(check(kind),), look=look(attempts=(attempt,), hops=(hop(None, error_kind=kind, error="No."),))
    )


CASES = {
    "name": (
        evidence(
            checks=(check("dns_not_found"),),
            look=look(
                lookups=(LookupFact(resolver="system", ms=9.0, is_absent=True, error="not known"),),
                hops=(hop(None, error_kind="dns_not_found", error="No."),),
            ),
        ),
        Kind.DNS,
    ),
    "changed address": (
        evidence(
            checks=(check("connect_refused"),),
            good_check=check(None, id=6, status=MonitorStatus.UP, remote_address="192.0.2.9:443"),
            look=look(
                hops=(hop(None, error_kind="connect_refused", error="No."),),
                good_address="192.0.2.9",
                good_hops=(hop(200),),
            ),
        ),
        Kind.DNS_CHANGED,
    ),
    "refused": (evidence(checks=(check("connect_refused"),)), Kind.CONNECT_REFUSED),
    "connect timeout": (evidence(checks=(check("timeout_connect"),)), Kind.CONNECT_TIMEOUT),
    "expired": (tls("tls_untrusted", expires_at=NOON - timedelta(days=2)), Kind.TLS_EXPIRED),
    "wrong host": (tls("tls_wrong_host", names=("other.example",)), Kind.TLS_WRONG_HOST),
    "untrusted": (tls("tls_untrusted"), Kind.TLS_UNTRUSTED),
    "expires soon": (
        tls("certificate", expires_at=NOON + timedelta(days=3)),
        Kind.TLS_EXPIRES_SOON,
    ),
    "protocol": (evidence(checks=(check("tls_protocol", error_message="No: it is old."),)), Kind.TLS_PROTOCOL),
    "origin": (
        evidence(
            checks=(check("status", http_status_code=500),), look=look(hops=(hop(500, headers={"server": "gunicorn"}),))
        ),
        Kind.ORIGIN_ERROR,
    ),
    "CDN": (
        evidence(checks=(check("status", http_status_code=503),), look=look(hops=(hop(503, headers={"cf-ray": "8"}),))),
        Kind.PROXY_ERROR,
    ),
    "gateway": (evidence(checks=(check("status", http_status_code=502),)), Kind.PROXY_ERROR),
    "gone": (evidence(checks=(check("status", http_status_code=404),)), Kind.CLIENT_ERROR),
    "quota": (evidence(checks=(check("status", http_status_code=429),)), Kind.QUOTA),
    "wall": (
        evidence(
            checks=(check("status", http_status_code=403),), look=look(hops=(hop(403, title="Just a moment..."),))
        ),
        Kind.BOT_WALL,
    ),
    "wall with status 200": (
        evidence(
            checks=(check("body", http_status_code=200, error_message="Gone."),),
            look=look(hops=(hop(200, excerpt="Solve this captcha"),)),
        ),
        Kind.BOT_WALL,
    ),
    "loop": (
        evidence(
            checks=(check("redirect_loop"),),
            look=look(
                hops=(
                    hop(302, url="https://shop.example/a"),
                    hop(302, url="https://shop.example/b"),
                    hop(302, url="https://shop.example/a", error_kind="redirect_loop"),
                )
            ),
        ),
        Kind.REDIRECT_LOOP,
    ),
    "slow first byte": (evidence(checks=(check("timeout_answer", response_time_ms=10_000.0),)), Kind.SLOW_FIRST_BYTE),
    "slow download": (
        evidence(checks=(check("response_time", response_time_ms=3_000.0, ttfb_ms=20.0, download_ms=2_900.0),)),
        Kind.SLOW_DOWNLOAD,
    ),
    "slow connect": (
        evidence(checks=(check("response_time", response_time_ms=3_000.0, connect_ms=2_900.0, ttfb_ms=20.0),)),
        Kind.SLOW_CONNECT,
    ),
    "content": (evidence(checks=(check("body", http_status_code=200, error_message="Gone."),)), Kind.CONTENT_CHANGED),
    "script": (
        evidence(session=session(exchange("/app.js", status_code=404)), good_session=session(exchange("/app.js"))),
        Kind.SCRIPT_FAILED,
    ),
    "style sheet": (
        evidence(session=session(exchange("/a.css", "stylesheet", status_code=500))),
        Kind.STYLESHEET_FAILED,
    ),
    "API": (evidence(session=session(exchange("/api", "fetch", status_code=500))), Kind.API_FAILED),
    "third party": (
        evidence(
            session=session(exchange("https://cdn.example.net/lib.js", status_code=503)),
            good_session=session(exchange("https://cdn.example.net/lib.js")),
        ),
        Kind.THIRD_PARTY_FAILED,
    ),
    "blank": (
        evidence(session=session(console=(thrown("TypeError: x is not a function"),), milestones=BLANK)),
        Kind.BLANK_PAGE,
    ),
    "mixed content": (
        evidence(session=session(failed("http://shop.example/a.js", "Blocked: no (mixed-content)."))),
        Kind.MIXED_CONTENT,
    ),
    "CORS": (
        evidence(
            session=session(failed("https://api.example.net/", "Blocked by CORS: no (x).", "fetch")),
            good_session=session(),
        ),
        Kind.CORS,
    ),
    "CSP": (evidence(session=session(failed("/a.js", "Blocked: no (csp)."))), Kind.CSP),
    "deploy": (
        evidence(
            session=session(exchange("/app.9bc1d2.js", status_code=404), milestones=BLANK),
            good_session=session(exchange("/app.3fa2c4.js")),
        ),
        Kind.DEPLOY,
    ),
    "deploy with versions in its names": (
        evidence(
            session=session(exchange("/app.v2.js", status_code=404)), good_session=session(exchange("/app.v1.js"))
        ),
        Kind.DEPLOY,
    ),
    "plain HTTP where TLS is expected": (
        evidence(
            checks=(check("timeout_tls"),),
            look=look(hops=(hop(None, error_kind="timeout_tls"),), spoken=SpokenFact(is_plain_http=True)),
        ),
        Kind.TLS_PROTOCOL,
    ),
    "a TLS that nobody takes": (
        evidence(
            checks=(check("closed_in_tls"),),
            look=look(hops=(hop(None, error_kind="closed_in_tls"),), spoken=SpokenFact(tls_version="TLSv1.1")),
        ),
        Kind.TLS_PROTOCOL,
    ),
    "a handshake that breaks off": (
        evidence(
            checks=(check("closed_in_tls", error_message="It closed the connection."),),
            look=look(hops=(hop(None, error_kind="closed_in_tls"),), spoken=SpokenFact()),
        ),
        Kind.TLS_FAILED,
    ),
    "a page that opens itself again and again": (
        evidence(
            session=session(
                *(exchange("/?n", "document", exchange_id=f"{n}", started_ms=100.0 * n) for n in range(1, 6))
            ),
            good_session=session(),
        ),
        Kind.REDIRECT_LOOP,
    ),
    "a page that answers to nothing": (
        evidence(session=session(exchange("/", "document"), error_message=f"{BUSY}: in the end it did not answer.")),
        Kind.PAGE_ERROR,
    ),
    **{
        f"a page that opens one that fails, told as “{start}”": (
            evidence(
                session=session(
                    exchange("/welcome", "document", target="page", status_code=500),
                    error_message=f"{start} {URL}welcome. It returned 500.",
                )
            ),
            Kind.ORIGIN_ERROR,
        )
        for start in NAVIGATED_STARTS
    },
    "no content": (
        evidence(
            session=session(exchanges=(exchange("/", "document", status_code=204),), milestones={}),
            good_session=session(),
        ),
        Kind.BROKEN_ANSWER,
    ),
    "a page that hangs": (
        evidence(
            session=session(exchange("/busy.js"), milestones={}, error_message="The page had not loaded after 30 s."),
            good_session=session(exchange("/busy.js")),
        ),
        Kind.PAGE_ERROR,
    ),
    "a page that is saved as a file": (
        evidence(
            session=session(exchanges=(exchange("/", "document", mime_type="application/octet-stream"),)),
            good_session=session(),
        ),
        Kind.CONTENT_CHANGED,
    ),
    "a parked domain": (
        evidence(
            session=session(title="This domain is for sale"),
            good_session=session(exchange("/app.js"), title="Shop"),
        ),
        Kind.CONTENT_CHANGED,
    ),
    "a bot wall with a good status": (
        evidence(
            session=session(title="Wait", text="<p>Making sure you&#39;re not a bot!"),
            good_session=session(exchange("/app.js"), title="Shop"),
        ),
        Kind.BOT_WALL,
    ),
    "a sign-in where data was": (
        evidence(
            session=session(exchange("/api/basket", "fetch", mime_type="text/html")),
            good_session=session(exchange("/api/basket", "fetch", mime_type="application/json")),
        ),
        Kind.API_FAILED,
    ),
    "a script that is not what was demanded": (
        evidence(
            session=session(
                exchange("/app.js"),
                console=(
                    ConsoleFact(
                        id=4,
                        level="error",
                        source="security",
                        text="Failed to find a valid digest in the 'integrity' attribute for resource "
                        "'https://shop.example/app.js' with computed SHA-256 integrity 'x'. It has been blocked.",
                    ),
                ),
            ),
            good_session=session(exchange("/app.js")),
        ),
        Kind.SCRIPT_FAILED,
    ),
    "a style sheet whose type is forbidden": (
        evidence(
            session=session(
                exchange(
                    "/style.css",
                    "stylesheet",
                    outcome=NetworkEventType.ERROR,
                    error_message="It was aborted by the page or the browser (ERR_ABORTED).",
                ),
                console=(
                    ConsoleFact(
                        id=4,
                        level="error",
                        source="security",
                        text="Refused to apply style from 'https://shop.example/style.css' because its MIME type "
                        "('text/plain') is not a supported stylesheet MIME type, and strict MIME checking is enabled.",
                    ),
                ),
            ),
            good_session=session(exchange("/style.css", "stylesheet")),
        ),
        Kind.STYLESHEET_FAILED,
    ),
    "pictures that are all refused": (
        evidence(
            session=session(*(exchange(f"/{name}.png", "image", status_code=403) for name in "abc")),
            good_session=session(*(exchange(f"/{name}.png", "image") for name in "abc")),
        ),
        Kind.RESOURCE_FAILED,
    ),
    "a picture that takes as long as the page": (
        evidence(
            session=session(
                exchange("/hero.png", "image", duration_ms=3_900.0, phases=Phases(waiting_ms=9.0, download_ms=3_800.0)),
                milestones={"load": 4_000.0, "first_contentful_paint": 90.0},
            ),
            good_session=session(exchange("/hero.png", "image")),
        ),
        Kind.SLOW_DOWNLOAD,
    ),
    "a slow script of a quick page": (
        evidence(
            session=session(
                exchange("/app.js", duration_ms=4_000.0, phases=Phases(waiting_ms=3_990.0, download_ms=1.0))
            ),
            good_session=session(exchange("/app.js")),
        ),
        Kind.SLOW_FIRST_BYTE,
    ),
    "browser alone, refused": (
        evidence(session=session(exchanges=(failed("/", "Refused (ERR_CONNECTION_REFUSED).", "document"),))),
        Kind.CONNECT_REFUSED,
    ),
}


@pytest.mark.parametrize(("known", "kind"), CASES.values(), ids=CASES)
def test_first_finding_names_the_cause(known: Evidence, kind: Kind) -> None:
    found = diagnose(known)

    assert found[0].kind is kind, found
    assert found[0].confidence is not Confidence.NOTE
    assert found[0].sentence.endswith((".", "…"))
    assert found[0].rows


def test_healthy_evidence_has_no_cause() -> None:
    blemished = session(
        exchange("/favicon.ico", "other", status_code=404),
        exchange("/gone.png", "image", status_code=404),
        exchange("/me", "fetch", status_code=401),
        failed("/beacon", "It was aborted (ERR_ABORTED).", "fetch"),
        console=(thrown("Error: an old one"),),
    )

    found = diagnose(evidence(look=look(), good_look=look("192.0.2.2"), session=blemished))

    assert cause(found) is None
    assert all("favicon" not in one.sentence for one in found)
    assert {one.kind for one in found} == {Kind.RESOURCE_FAILED, Kind.PAGE_ERROR, Kind.DNS_CHANGED}


def test_a_url_with_a_masked_password_is_diagnosed() -> None:
    request = exchange("https://[redacted:ac777bf3]@shop.example/api", "fetch", status_code=500)

    found = diagnose(evidence(session=session(request)))

    assert found[0].kind is Kind.API_FAILED


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ERR_SSL_PROTOCOL_ERROR", "it does not speak TLS properly."),
        ("ERR_SSL_VERSION_OR_CIPHER_MISMATCH", "it shares no TLS version or cipher with Watchwright."),
    ],
)
def test_the_tls_finding_claims_no_more_than_the_browser_reports(code: str, words: str) -> None:
    found = diagnose(evidence(session=session(exchanges=(failed("/", f"No ({code}).", "document"),))))

    assert found[0].sentence.endswith(words)


@pytest.mark.parametrize(("ago", "words"), [({"days": 2}, " UTC, 2 days ago."), ({"hours": 2}, "10:00 UTC.")])
def test_a_certificate_that_has_just_expired_mentions_no_days(ago: dict[str, int], words: str) -> None:
    (first, *_) = diagnose(tls("tls_untrusted", expires_at=NOON - timedelta(**ago)))

    assert first.sentence.endswith(words)


def test_a_fault_of_the_chain_that_the_certificate_does_not_show_is_the_finding() -> None:
    attempt = AttemptFact(address="192.0.2.1", connect_ms=1.0, certificate=certificate())
    failing = check("tls_expired", error_message="The certificate of its issuer has expired.")

    (first, *_) = diagnose(evidence(checks=(failing,), look=look(attempts=(attempt,))))

    assert (first.kind, first.sentence) == (Kind.TLS_EXPIRED, failing.error_message)


@pytest.mark.parametrize(
    ("error", "words"),
    [(NO_ADDRESS, "that it has no address."), ("Name or service not known", "that it does not exist.")],
    ids=["no address", "no name"],
)
def test_the_finding_says_what_the_name_lacks(error: str, words: str) -> None:
    lookup = LookupFact(resolver="system", ms=9.0, is_absent=True, error=error)

    (first, *_) = diagnose(evidence(checks=(check("dns_not_found"),), look=look(lookups=(lookup,))))

    assert first.sentence.endswith(words)


def test_a_failure_that_existed_before_is_a_note() -> None:
    same = session(exchange("/tracker.js", status_code=404))

    (found,) = diagnose(evidence(session=same, good_session=same))

    assert (found.kind, found.confidence) == (Kind.SCRIPT_FAILED, Confidence.NOTE)


def test_a_successful_look_lowers_the_confidence() -> None:
    found = diagnose(evidence(checks=(check("connect_refused"),), look=look()))

    assert found[0].confidence is Confidence.LIKELY
    assert found[0].why.endswith("The check saw it. The closer look right after the check saw no failure.")


def test_of_two_failures_the_lower_layer_is_the_cause() -> None:
    known = tls("tls_untrusted", expires_at=NOON - timedelta(days=2), names=("other.example",))

    assert [one.kind for one in diagnose(known)] == [Kind.TLS_EXPIRED, Kind.TLS_WRONG_HOST, Kind.TLS_UNTRUSTED]


def test_a_missing_intermediate_certificate_is_named() -> None:
    (one,) = diagnose(tls("tls_untrusted", chain=()))

    assert one.sentence.endswith(
        "is not trusted: it was issued by CN = Example CA, and the server sends no intermediate certificate that leads "
        "to a trusted authority."
    )
    assert one.why.endswith("Browsers may get a missing one from its authority; other programs do not.")


def test_a_failure_without_a_rule_repeats_the_checks_message() -> None:
    (found,) = diagnose(evidence(checks=(check("other", error_message="It failed oddly."),)))

    assert (found.kind, found.sentence) == (Kind.OTHER, "It failed oddly.")


def test_a_4xx_response_is_a_note_unless_it_affects_the_page() -> None:
    empty = exchange("/api/basket", "fetch", status_code=404)

    (note,) = diagnose(evidence(session=session(empty)))
    (felt, _error) = diagnose(evidence(session=session(empty, console=(thrown("Error: no basket"),))))

    assert (note.confidence, felt.confidence) == (Confidence.NOTE, Confidence.LIKELY)


def test_a_script_with_status_404_is_not_reported_as_given_up() -> None:
    words = "The response was 404, so the browser did not use it (ERR_ABORTED)."
    gone = exchange("/app.js", status_code=404, outcome=NetworkEventType.ERROR, error_message=words)

    (found,) = diagnose(evidence(session=session(gone)))

    assert (found.kind, "status 404" in found.sentence) == (Kind.SCRIPT_FAILED, True)


def test_slowness_without_a_good_session_is_no_failure() -> None:
    document = exchange("/", "document", phases=Phases(waiting_ms=2_500.0, download_ms=1.0))

    (found,) = diagnose(evidence(session=session(exchanges=(document,))))

    assert (found.kind, found.confidence) == (Kind.SLOW_FIRST_BYTE, Confidence.NOTE)


def test_the_reasons_quote_what_came_instead_of_the_expected_text() -> None:
    words = "The body should contain 'In stock'; it begins with '<!doctype html>'."

    (found,) = diagnose(evidence(checks=(check("body", http_status_code=200, error_message=words),)))

    assert found.sentence.endswith("with status 200: The body should contain 'In stock'.")
    assert "begins with '<!doctype html>'" in found.why


def test_a_pending_request_is_a_failure_only_if_it_was_answered_before() -> None:
    waiting = _waiting("/api/poll", waited_ms=3_000.0)
    answered = session(exchange("/api/poll", "fetch"))

    assert diagnose(evidence(session=session(waiting))) == []
    assert diagnose(evidence(session=session(waiting), good_session=session(waiting))) == []
    (found,) = diagnose(evidence(session=session(waiting), good_session=answered))
    assert (found.kind, found.confidence) == (Kind.API_FAILED, Confidence.HIGH)


@pytest.mark.parametrize("came", [{}, {"outcome": NetworkEventType.REQUEST}], ids=["told so", "left open"])
def test_a_request_that_was_as_slow_in_the_good_session_is_no_failure(came: dict[str, Any]) -> None:
    waiting = replace(_waiting("/api/items/3", waited_ms=6_000.0), **came)
    slow, fast = exchange("/api/items/1", "fetch"), exchange("/api/items/2", "fetch")
    slow = replace(slow, duration_ms=5_000.0, phases=Phases(waiting_ms=5_000.0))

    for several in ((slow, fast), (fast, slow)):
        assert diagnose(evidence(session=session(waiting, ended_ms=6_000.0), good_session=session(*several))) == []


def test_a_request_that_began_just_before_the_sessions_end_is_no_failure() -> None:
    polls = session(_waiting("/api/poll", waited_ms=40.0), error_message="The page was not done after 5 s.")

    assert diagnose(evidence(session=polls, good_session=session(exchange("/api/poll", "fetch")))) == []


@pytest.mark.parametrize(
    "came", [{}, {"status_code": 200, "interruption": Interruption.SESSION_END}], ids=["nothing", "a part"]
)
def test_a_hanging_page_is_the_cause_and_not_its_pending_requests(came: dict[str, Any]) -> None:
    hung = "The page had not loaded after 5 s. A script keeps the page busy."
    waiting = replace(_waiting("/api/items", waited_ms=4_800.0), **came)

    first, *_others = diagnose(
        evidence(
            session=session(waiting, error_message=hung, milestones={}),
            good_session=session(exchange("/api/items", "fetch")),
        )
    )

    assert first.sentence.startswith("The page hangs: a script keeps it busy")


def _waiting(path: str, *, waited_ms: float) -> Exchange:
    waiting = failed(path, "No response arrived before the session ended after 5.0 s.", "fetch")
    return replace(waiting, outcome=NetworkEventType.TIMEOUT, duration_ms=waited_ms)


def test_a_script_that_keeps_the_page_blank_is_the_cause_without_a_good_session() -> None:
    waiting = failed("https://other.example/w.js", "No response arrived before the session ended after 5.0 s.")
    waiting = replace(waiting, outcome=NetworkEventType.TIMEOUT)

    (found,) = diagnose(
        evidence(session=session(waiting, milestones={}, error_message="The page had not loaded after 5 s."))
    )

    assert (found.kind, found.confidence) == (Kind.THIRD_PARTY_FAILED, Confidence.HIGH)
    assert found.sentence.endswith("so the page stays blank.")


def test_a_blocked_country_is_recognised_by_the_responses_text() -> None:
    refused = exchange("/", "document", status_code=403)

    (found,) = diagnose(evidence(session=session(exchanges=(refused,), text="Not available in your country.")))

    assert "blocks the country or region" in found.sentence


def test_markup_that_a_script_parsed_as_json_is_unusable_without_a_good_session() -> None:
    page = exchange("/api/items", "fetch", mime_type="text/html")
    error = thrown("SyntaxError: Unexpected token '<', \"<!doctype \"... is not valid JSON")

    first, _error = diagnose(evidence(session=session(page, console=(error,))))

    assert (first.kind, first.confidence) == (Kind.API_FAILED, Confidence.LIKELY)
    assert "/api/items (status 200, but HTML instead of JSON)" in first.sentence


def test_truncated_json_is_named() -> None:
    error = thrown("SyntaxError: Unterminated string in JSON at position 12", offset_ms=30.0)
    answers = (exchange("/api/old", "fetch"), exchange("/api/items", "fetch", started_ms=9.0), exchange("/a.js"))

    (found,) = diagnose(evidence(session=session(*answers, console=(error,)), good_session=session(*answers)))

    assert found.sentence.endswith("; the last response to a script before it was /api/items.")


@pytest.mark.parametrize(
    ("headers", "words"),
    [({}, "compressed without a Content-Encoding header"), ({"content-encoding": "gzip"}, "compressed twice")],
)
def test_a_page_that_is_still_compressed_is_a_broken_response(headers: dict[str, str], words: str) -> None:
    (found,) = diagnose(evidence(session=session(is_compressed=True, headers=headers)))

    assert (found.kind, words in found.sentence) == (Kind.BROKEN_ANSWER, True)


def test_a_missing_response_is_a_note_without_a_good_session() -> None:
    waiting = failed("/api/items", "No response arrived before the session ended after 5.0 s.", "fetch")
    waiting = replace(waiting, outcome=NetworkEventType.TIMEOUT, duration_ms=4_800.0)

    (found,) = diagnose(evidence(session=session(waiting)))

    assert (found.confidence, "/api/items (after 4.8 s)" in found.sentence) == (Confidence.NOTE, True)


def test_html_instead_of_a_script_is_a_failed_script() -> None:
    (found,) = diagnose(evidence(session=session(exchange("/app.js", mime_type="text/html"))))

    assert found.kind is Kind.SCRIPT_FAILED
    assert "HTML instead of a script" in found.sentence


def test_a_page_of_only_frames_is_not_reported_as_blank() -> None:
    frame = exchange("/app", "document", target="iframe")

    alone = diagnose(evidence(session=session(frame, milestones={"load": 300.0})))
    of_late = diagnose(evidence(session=session(frame, milestones={"load": 300.0}), good_session=session(frame)))

    assert Kind.BLANK_PAGE not in {finding.kind for finding in alone}
    assert Kind.BLANK_PAGE in {finding.kind for finding in of_late}


def test_a_document_that_still_loads_is_slow_and_not_hanging() -> None:
    document = exchange("/", "document", duration_ms=30_000.0, phases=Phases(waiting_ms=5.0, download_ms=29_990.0))
    seen = session(exchanges=(document, exchange("/a.png", "image")), milestones={})

    found = diagnose(evidence(session=replace(seen, error_message="The page had not loaded after 30 s.")))

    assert [finding.kind for finding in found] == [Kind.SLOW_DOWNLOAD]


def test_a_document_blocked_by_a_busy_script_is_not_slow() -> None:
    document = exchange("/", "document", duration_ms=30_000.0, phases=Phases(waiting_ms=5.0, download_ms=29_990.0))
    seen = session(exchanges=(document,), milestones={}, error_message=f"The page had not loaded after 30 s. {BUSY}.")

    found = diagnose(evidence(session=seen))

    assert [finding.kind for finding in found] == [Kind.PAGE_ERROR]
