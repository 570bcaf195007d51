"""Bodies are truncated and encoded without corruption."""

import base64
import hashlib

from hypothesis import given
from hypothesis import strategies as st

from core.debugging.payloads import payload_of_bytes, payload_of_text


def test_a_short_text_is_stored_in_full() -> None:
    payload = payload_of_text("  grüezi \n", 64)

    assert (payload.text, payload.encoding, payload.is_truncated, payload.sha256) == ("  grüezi \n", None, False, None)
    assert payload.size_bytes == 11


def test_a_long_text_is_cut_between_characters_and_has_a_hash() -> None:
    payload = payload_of_text("ü" * 10, 5)

    assert (payload.text, payload.is_truncated, payload.size_bytes) == ("üü", True, 20)
    assert payload.sha256 == hashlib.sha256("ü".encode() * 10).hexdigest()


def test_binary_data_becomes_base64() -> None:
    data = bytes(range(256))

    payload = payload_of_bytes(data, 100)

    assert (base64.b64decode(payload.text), payload.encoding) == (data[:100], "base64")
    assert payload.sha256 == hashlib.sha256(data).hexdigest()


@given(st.binary(max_size=300), st.integers(0, 300))
def test_the_stored_part_is_always_the_beginning(data: bytes, limit: int) -> None:
    payload = payload_of_bytes(data, limit)

    kept = base64.b64decode(payload.text) if payload.encoding else payload.text.encode()
    assert data.startswith(kept)
    assert len(kept) <= limit
    assert payload.is_truncated == (len(data) > limit)


def test_text_with_nul_is_stored_as_base64() -> None:
    payload = payload_of_text("ü\0token", 64)

    assert payload.encoding == "base64"
    assert base64.b64decode(payload.text) == "ü\0token".encode()
