"""Failures that a website can cause have plain words; those with a real server are in `test_probe*.py`."""

import pycurl
import pytest

from core.monitoring.curl_errors import Failure, Progress, explain
from core.monitoring.curl_errors import ProbeErrorKind as Kind

NOTHING = Progress(resolved=True, connected=False, secured=False, answered=False)
HANDSHAKE = Progress(resolved=True, connected=True, secured=False, answered=False)
ASKED = Progress(resolved=True, connected=True, secured=True, answered=False)
ANSWERED = Progress(resolved=True, connected=True, secured=True, answered=True)
HTTP2_STREAM, HTTP3, QUIC, CLIENT_CERTIFICATE = 92, 95, 96, 98  # codes that pycurl has no names for


def explained(code: int, detail: str, at: Progress) -> Failure:
    return explain(code, detail, os_errno=0, host="shop.example", port=443, timeout_s=10, at=at)


@pytest.mark.parametrize(
    ("code", "detail", "at", "kind", "words"),
    [
        (
            HTTP3,
            "HTTP/3 stream 0 reset by server (error 0x102 INTERNAL_ERROR)",
            ASKED,
            Kind.CLOSED_BEFORE_ANSWER,
            "shop.example closed the HTTP/3 stream before responding (INTERNAL_ERROR).",
        ),
        (
            pycurl.E_PARTIAL_FILE,
            "HTTP/3 stream 0 reset by server (error 0x10c REQUEST_CANCELLED)",
            ANSWERED,
            Kind.CLOSED_IN_ANSWER,
            "shop.example closed the HTTP/3 stream in the middle of the response (REQUEST_CANCELLED).",
        ),
        (
            HTTP3,
            "HTTP/3 stream 0 was closed cleanly, but before getting all response header fields, treated as error",
            ASKED,
            Kind.CLOSED_BEFORE_ANSWER,
            "shop.example closed the HTTP/3 stream before responding.",
        ),
        (
            HTTP2_STREAM,
            "HTTP/2 stream 1 reset by server (error 0x99 unknown)",
            ASKED,
            Kind.CLOSED_BEFORE_ANSWER,
            "shop.example closed the HTTP/2 stream before responding.",
        ),
        (
            pycurl.E_HTTP2,
            "Send failure: Broken pipe",
            ASKED,
            Kind.CLOSED_BEFORE_ANSWER,
            "shop.example closed the connection before responding.",
        ),
        (
            pycurl.E_SEND_ERROR,
            "Failed to connect to shop.example:443 after 2 ms: Failed sending data to the peer",
            NOTHING,
            Kind.CONNECT_FAILED,
            "No connection to shop.example on port 443.",
        ),
        (
            QUIC,
            "QUIC connect to 192.0.2.1 port 443 failed: Failure when receiving data from the peer",
            NOTHING,
            Kind.CONNECT_FAILED,
            "No connection to shop.example on port 443.",
        ),
        (
            CLIENT_CERTIFICATE,
            "TLS connect error: error:0A00045C:SSL routines::tlsv13 alert certificate required",
            HANDSHAKE,
            Kind.TLS_FAILED,
            "No secure connection to shop.example: it requires a client certificate.",
        ),
        (
            pycurl.E_BAD_CONTENT_ENCODING,
            "",
            ANSWERED,
            Kind.PROTOCOL,
            "The body from shop.example cannot be decompressed: it is damaged.",
        ),
    ],
    ids=[
        "HTTP/3 reset",
        "HTTP/3 reset in body",
        "HTTP/3 end without an answer",
        "HTTP/2 reset without a known reason",
        "HTTP/2 broken pipe",
        "HTTP/3 refused",
        "HTTP/3 not connected",
        "client certificate",
        "damaged body",
    ],
)
def test_each_failure_has_plain_words(code: int, detail: str, at: Progress, kind: Kind, words: str) -> None:
    assert explained(code, detail, at) == Failure(kind=kind, sentence=words)


@pytest.mark.parametrize(
    "code",
    [
        pycurl.E_UNSUPPORTED_PROTOCOL,
        pycurl.E_FTP_WEIRD_SERVER_REPLY,
        pycurl.E_HTTP2,
        pycurl.E_PARTIAL_FILE,
        pycurl.E_WRITE_ERROR,
        pycurl.E_OPERATION_TIMEDOUT,
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_GOT_NOTHING,
        pycurl.E_SEND_ERROR,
        pycurl.E_RECV_ERROR,
        pycurl.E_PEER_FAILED_VERIFICATION,
        pycurl.E_BAD_CONTENT_ENCODING,
        HTTP2_STREAM,
        HTTP3,
        CLIENT_CERTIFICATE,
        100,  # CURLE_TOO_LARGE
    ],
)
@pytest.mark.parametrize("at", [ASKED, ANSWERED], ids=["asked", "answered"])
def test_no_code_that_a_website_can_cause_is_left_without_a_kind(code: int, at: Progress) -> None:
    assert explained(code, "", at).kind is not Kind.OTHER
