"""A body of any size, read as it comes."""

import base64
import hashlib

from core.debugging.cdp.streamed_body import StreamedBody


def test_what_came_before_the_answer_goes_behind_what_the_browser_held() -> None:
    body = StreamedBody(limit_bytes=4)

    body.add(b"cd")
    body.begin(b"ab")
    body.add(b"ef")

    payload = body.payload()
    assert (payload.text, payload.encoding, payload.is_truncated, payload.size_bytes) == ("abcd", None, True, 6)
    assert payload.sha256 == hashlib.sha256(b"abcdef").hexdigest()


def test_a_character_that_is_cut_in_two_is_left_out() -> None:
    body = StreamedBody(limit_bytes=3)

    body.begin("aüü".encode() + b"more")

    assert (body.payload().text, body.payload().encoding) == ("aü", None)
    body = StreamedBody(limit_bytes=4)
    body.begin("aüü".encode())
    assert body.payload().text == "aü"


def test_bytes_that_are_no_text_stay_bytes() -> None:
    body = StreamedBody(limit_bytes=8)

    body.begin(b"\xff\xfe\x00")

    assert (body.payload().encoding, base64.b64decode(body.payload().text)) == ("base64", b"\xff\xfe\x00")
    assert (body.payload().is_truncated, body.payload().sha256) == (False, None)
