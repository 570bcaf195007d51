"""Failures of HTTP/2 servers get clear messages; the test writes their frames itself."""

import socket

import pytest

from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.probe import Prober, ProbeTarget
from core.schemas.check_options import CheckOptions
from tests.core.monitoring.servers import OK, Script, answer, raw_server
from tests.sites.certificate import self_signed

SETTINGS = b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"  # RFC 9113, section 6.5
HEAD = b"\x00\x00\x01\x01\x04\x00\x00\x00\x01\x88"  # ``:status: 200`` of stream 1, which a body follows
BODY = b"\x00\x00\x02\x00\x01\x00\x00\x00\x01ok"
GOAWAY = b"\x00\x00\x08\x07\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x0b"  # ENHANCE_YOUR_CALM
INTERIM = b"\x00\x00\x05\x01\x04\x00\x00\x00\x01\x08\x03103"  # ``:status: 103``
UNENDED = b"\x00\x00\x01\x01\x00\x00\x00\x00\x01\x88"  # as HEAD, but more headers follow
CONTINUED = b"\x00\x00\x05\x09\x00\x00\x00\x00\x01\x00\x01a\x01b"
RESET = b"\x00\x00\x04\x03\x00\x00\x00\x00\x01\x00\x00\x00\x02"  # RST_STREAM: INTERNAL_ERROR


def say(frames: bytes) -> Script:
    """Send *frames* and listen until the other side closes: a close with something unread would be a reset."""

    def script(connection: socket.socket) -> None:
        connection.sendall(frames)
        while connection.recv(4_096):
            pass

    return script


@pytest.mark.parametrize(
    ("frames", "kind", "words"),
    [
        (SETTINGS + HEAD + BODY, None, None),
        (
            SETTINGS + RESET,
            ProbeErrorKind.CLOSED_BEFORE_ANSWER,
            "closed the HTTP/2 stream before responding (INTERNAL_ERROR).",
        ),
        (
            SETTINGS + HEAD + RESET,
            ProbeErrorKind.CLOSED_IN_ANSWER,
            "closed the HTTP/2 stream in the middle of the response (INTERNAL_ERROR).",
        ),
        (SETTINGS * 20_000, ProbeErrorKind.FLOOD, "sends data without end but no complete response."),
        (
            SETTINGS + INTERIM * 20_000,
            ProbeErrorKind.HEADERS_TOO_LARGE,
            "sent more headers than any browser accepts.",
        ),
        (
            SETTINGS + UNENDED + CONTINUED * 20_000,
            ProbeErrorKind.HEADERS_TOO_LARGE,
            "sent more headers than any browser accepts.",
        ),
        (
            SETTINGS + GOAWAY,
            ProbeErrorKind.CLOSED_BEFORE_ANSWER,
            "closed the HTTP/2 connection before responding (ENHANCE_YOUR_CALM).",
        ),
    ],
    ids=["answers", "resets", "resets in body", "floods", "floods 1xx", "floods headers", "goes away"],
)
async def test_an_invalid_response_is_reported(frames: bytes, kind: str | None, words: str | None) -> None:
    tls = self_signed.__wrapped__()  # one of its own: the kept one is other tests' too
    tls.set_alpn_protocols(["h2"])

    with raw_server(say(frames), tls=tls) as server:
        async with Prober() as prober:
            target = ProbeTarget(url=server.https_url, timeout_seconds=5, options=CheckOptions(verify_tls=False))
            result = await prober.probe(target)

    assert (result.error_kind, result.error) == (kind, words and f"localhost {words}")


async def test_a_redirect_is_followed_without_waiting_for_its_body() -> None:
    tls = self_signed.__wrapped__()
    tls.set_alpn_protocols(["h2"])

    with raw_server(answer(OK)) as good, raw_server(say(SETTINGS + moved(good.url)), tls=tls) as server:
        async with Prober() as prober:
            target = ProbeTarget(url=server.https_url, timeout_seconds=5, options=CheckOptions(verify_tls=False))
            result = await prober.probe(target)

    assert (result.error, result.final_url, result.http_status_code) == (None, good.url, 200)


def moved(location: str) -> bytes:
    """``:status: 301`` and ``location`` (RFC 7541, section 6.2.2), which a body follows."""
    fields = b"\x08\x03301\x0f\x1f" + bytes([len(location)]) + location.encode()
    return len(fields).to_bytes(3, "big") + b"\x01\x04\x00\x00\x00\x01" + fields
