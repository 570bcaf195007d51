"""Secrets in bytes that are compressed with gzip are masked, in all members."""

import gzip
import random
import time
import zlib

import pytest

from core.debugging.redact import RedactionPolicy, redact_bytes
from core.debugging.redaction.compressed import LARGEST_EXPANDED

PLAIN = RedactionPolicy()
SECRET = b'{"password": "SECRET"}'
MASKED = SECRET.replace(b"SECRET", PLAIN.mark("SECRET").encode())


def test_the_rest_of_a_compressed_body_that_expands_without_end_is_left_out() -> None:
    bomb = gzip.compress(b"a" * (LARGEST_EXPANDED + 100) + b'{"password": "SECRET"}')

    clean = redact_bytes(bomb, PLAIN)

    assert gzip.decompress(clean) == b"a" * LARGEST_EXPANDED


def test_a_compressed_body_without_its_end_is_masked() -> None:
    whole = gzip.compress(b'{"password": "SECRET", "rest": "' + random.Random(1).randbytes(2_000).hex().encode())

    clean = redact_bytes(whole[:-700], PLAIN)

    assert b"SECRET" not in zlib.decompressobj(31).decompress(clean)
    assert redact_bytes(b"\x1f\x8bnot gzip", PLAIN) == b"\x1f\x8bnot gzip"


@pytest.mark.parametrize(
    ("data", "clean"),
    [
        (gzip.compress(b"a\n") + gzip.compress(SECRET), b"a\n" + MASKED),
        (gzip.compress(SECRET[:16]) + gzip.compress(SECRET[16:]), MASKED),
        (gzip.compress(b"a\n") * 3 + gzip.compress(SECRET)[:-4], b"a\n" * 3 + MASKED),
        (gzip.compress(b"a") + b"\npassword=SECRET", b"a"),
        (gzip.compress(b"a") + gzip.compress(b"b" * 99)[:-8] + b"12345678password=SECRET", b"a" + b"b" * 99),
    ],
    ids=["second member", "across members", "without its end", "text after the end", "wrong checksum"],
)
def test_a_secret_after_the_first_member_is_masked_or_left_out(data: bytes, clean: bytes) -> None:
    assert gzip.decompress(redact_bytes(data, PLAIN)) == clean


@pytest.mark.parametrize("end", [b"", b"\0" * 8, gzip.compress(b"b")[:-2]], ids=["whole", "padded", "without its end"])
def test_members_without_secrets_are_unchanged(end: bytes) -> None:
    data = gzip.compress(b"a") + gzip.compress(b'{"user": "ada"}') + end

    assert redact_bytes(data, PLAIN) == data


def test_many_empty_members_take_little_time() -> None:
    data = gzip.compress(b"") * 50_000
    began = time.process_time()

    clean = redact_bytes(data + gzip.compress(SECRET), PLAIN)

    assert gzip.decompress(clean) == MASKED
    assert time.process_time() - began < 5.0


def test_a_small_body_that_expands_to_much_text_takes_little_time() -> None:
    data = gzip.compress(b'{"user": "ada", "page": "/a?b=1"}\n' * 150_000)
    began = time.process_time()

    clean = redact_bytes(data, PLAIN)

    assert len(gzip.decompress(clean)) == LARGEST_EXPANDED
    assert time.process_time() - began < 0.8
