"""A body of any size is collected while it arrives."""

import base64
import hashlib

from core.debugging.cdp.streamed_body import StreamedBody


def test_early_parts_follow_the_data_that_the_browser_buffered() -> None:
    body = StreamedBody(limit_bytes=4)

    body.add(b"cd")
    body.begin(b"ab")
    body.add(b"ef")

    payload = body.payload()
    assert (payload.text, payload.encoding, payload.is_truncated, payload.size_bytes) == ("abcd", None, True, 6)
    assert payload.sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_an_incomplete_last_character_is_dropped() -> None:
    body = StreamedBody(limit_bytes=3)

    body.begin("aüü".encode() + b"more")

    assert (body.payload().text, body.payload().encoding) == ("aü", None)
    body = StreamedBody(limit_bytes=4)
    body.begin("aüü".encode())
    assert body.payload().text == "aü"


def test_binary_data_stays_binary() -> None:
    body = StreamedBody(limit_bytes=8)

    body.begin(b"\xff\xfe\x00")

    assert (body.payload().encoding, base64.b64decode(body.payload().text)) == ("base64", b"\xff\xfe\x00")
    assert (body.payload().is_truncated, body.payload().sha256) == (False, None)
