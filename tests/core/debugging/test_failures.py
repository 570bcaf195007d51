"""The browser's error codes become sentences."""

import pytest

from core.debugging.failures import failure_reason, failure_type, is_not_event_stream
from core.models import NetworkEventType


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("net::ERR_NAME_NOT_RESOLVED", "The host's name could not be resolved (DNS) (ERR_NAME_NOT_RESOLVED)."),
        ("net::ERR_CERT_DATE_INVALID", "The certificate has expired or is not valid yet (ERR_CERT_DATE_INVALID)."),
        (
            "net::ERR_INVALID_REDIRECT",
            "The redirect leads to an address that this request may not open (ERR_INVALID_REDIRECT).",
        ),
        ("net::ERR_OF_TOMORROW", "Failed: net::ERR_OF_TOMORROW."),
        ("", "Failed: the browser gave no reason."),
    ],
)
def test_a_network_error_becomes_a_sentence_with_its_code(text: str, words: str) -> None:
    assert failure_reason(text) == words


def test_a_blocked_request_names_what_blocked_it() -> None:
    assert failure_reason("net::ERR_BLOCKED_BY_CSP", blocked_reason="csp") == (
        "Blocked: the page's Content-Security-Policy forbids it (csp)."
    )


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        ({"X-Frame-Options": "DENY"}, "X-Frame-Options “DENY”"),
        (
            {"content-security-policy": "img-src *; frame-ancestors 'none'", "x-frame-options": "DENY"},
            "Content-Security-Policy “frame-ancestors 'none'”",
        ),
    ],
)
def test_a_blocked_frame_names_the_header_that_forbids_it(headers: dict[str, str], rule: str) -> None:
    reason = failure_reason("net::ERR_BLOCKED_BY_RESPONSE", blocked_reason="other", headers=headers)

    assert reason == f"Blocked: its {rule} forbids it in this frame (other)."


def test_cors_names_the_header_that_was_not_allowed() -> None:
    error = {"corsError": "HeaderDisallowedByPreflightResponse", "failedParameter": "x-own"}

    assert failure_reason("net::ERR_FAILED", cors_error=error) == (
        "Blocked by CORS: the preflight does not allow this header: x-own (HeaderDisallowedByPreflightResponse)."
    )


def test_only_timeouts_get_the_type_timeout() -> None:
    assert failure_type("net::ERR_CONNECTION_TIMED_OUT") == NetworkEventType.TIMEOUT
    assert failure_type("net::ERR_CONNECTION_RESET") == NetworkEventType.ERROR


@pytest.mark.parametrize("code", ["ERR_FAILED", "ERR_ABORTED"])
def test_a_redirect_that_was_not_followed_says_so(code: str) -> None:
    assert (
        failure_reason(f"net::{code}", status=302) == f"The response was a redirect, which was not followed ({code})."
    )
    assert failure_reason("net::ERR_FAILED") == "It failed (ERR_FAILED)."


def test_an_answer_that_the_browser_withheld_has_no_wrong_type() -> None:
    assert is_not_event_stream("eventsource", 200, "text/html")
    assert not is_not_event_stream("eventsource", 200, "text/event-stream")
    assert not is_not_event_stream("eventsource", 200, None)


def test_an_empty_error_response_is_explained_by_its_status() -> None:
    reason = failure_reason("net::ERR_HTTP_RESPONSE_CODE_FAILURE", status=500)

    assert reason == "The response was 500 and empty (ERR_HTTP_RESPONSE_CODE_FAILURE)."


def test_an_error_response_whose_announced_body_is_broken_is_not_called_empty() -> None:
    reason = failure_reason("net::ERR_HTTP_RESPONSE_CODE_FAILURE", status=500, headers={"Content-Length": "20"})

    assert reason == "The response was 500, but its body could not be read (ERR_HTTP_RESPONSE_CODE_FAILURE)."


def test_a_missing_script_failed_because_of_its_status() -> None:
    assert failure_reason("net::ERR_INVALID_RESPONSE", status=404) == (  # for an import of a service worker
        "The response was 404, so the browser did not use it (ERR_INVALID_RESPONSE)."
    )
    assert failure_reason("net::ERR_ABORTED", status=404) == (
        "The response was 404, so the browser did not use it (ERR_ABORTED)."
    )
    assert "aborted by the page" in failure_reason("net::ERR_ABORTED", status=200)
