"""A body that no browser can decompress is a failure; every other one is left alone."""

import gzip
import random
import zlib

import pytest

from core.models import HTTPMethod
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.packing import SAMPLE_BYTES, is_packed, packing_of
from core.monitoring.probe import Prober, ProbeTarget
from core.schemas.check_options import CheckOptions
from tests.core.monitoring import servers
from tests.core.monitoring.servers import raw_server

TEXT = b"<!doctype html><title>Shop</title><p>Everything is in stock.</p>"
PACKED = gzip.compress(TEXT, mtime=0)
ZSTD = bytes.fromhex("28b52ffd2002110000") + b"ok"


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP", "deflate", "br", "zstd", "br, gzip"])
async def test_text_that_is_labelled_compressed_is_a_failure_as_in_browsers(encoding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(TEXT)}\r\n\r\n"

    async with Prober() as prober:
        with raw_server(servers.answer(head.encode() + TEXT)) as server:
            result = await prober.probe(ProbeTarget(url=server.url))

    name = encoding.lower().rpartition(", ")[2]
    assert result.error == (
        "The body from 127.0.0.1 cannot be decompressed: "
        f"the header Content-Encoding says {name}, but the body is not {name}."
    )
    assert (result.error_kind, result.http_status_code) == (ProbeErrorKind.PROTOCOL, 200)


@pytest.mark.parametrize(
    ("status", "encoding", "body"),
    [
        ("200 OK", "gzip", PACKED),
        ("200 OK", "gzip", PACKED[:20]),
        ("200 OK", "gzip", PACKED + b"TRASH"),
        ("200 OK", "gzip", b""),
        ("200 OK", "gzip", b"\x1f"),
        ("200 OK", "gzip, gzip", gzip.compress(PACKED, mtime=0)),
        ("200 OK", "deflate", zlib.compress(TEXT)),
        ("200 OK", "deflate", zlib.compress(TEXT)[2:-4]),
        ("200 OK", "zstd", ZSTD),
        ("200 OK", "br", b"\x0b\x1f\x80" + TEXT + b"\x03"),
        ("200 OK", "identity", TEXT),
        ("200 OK", "identity, gzip", TEXT),
        ("200 OK", "utf-8, gzip", TEXT),
        ("200 OK", "", TEXT),
        ("206 Partial Content", "gzip", TEXT),
        ("404 Not Found", "gzip", TEXT),
        ("204 No Content", "gzip", b""),
        ("304 Not Modified", "gzip", b""),
    ],
    ids=[
        "gzip",
        "in part",
        "with rubbish",
        "empty",
        "a byte",
        "twice",
        "zlib",
        "raw deflate",
        "zstd",
        "brotli",
        "identity",
        "identity first",
        "an unknown name first",
        "no name",
        "a part",
        "an error",
        "no content",
        "not modified",
    ],
)
async def test_a_body_that_browsers_accept_is_no_failure(status: str, encoding: str, body: bytes) -> None:
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    head = f"HTTP/1.1 {status}\r\nContent-Encoding: {encoding}\r\n{length}\r\n"

    async with Prober() as prober:
        with raw_server(servers.answer(head.encode() + body)) as server:
            result = await prober.probe(ProbeTarget(url=server.url))

    assert result.error is None


async def test_a_head_request_has_no_body_to_examine() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2000\r\n\r\n"

    async with Prober() as prober:
        with raw_server(servers.answer(head)) as server:
            target = ProbeTarget(url=server.url, options=CheckOptions(method=HTTPMethod.HEAD))
            result = await prober.probe(target)

    assert result.error is None


async def test_the_body_of_a_redirect_is_not_examined() -> None:
    head = b"HTTP/1.1 302 Found\r\nContent-Encoding: gzip\r\nLocation: /x\r\nContent-Length: 64\r\n\r\n"

    async with Prober() as prober:
        with raw_server(servers.answer(head + TEXT)) as server:
            target = ProbeTarget(url=server.url, options=CheckOptions(follow_redirects=False))
            result = await prober.probe(target)

    assert result.error is None


async def test_the_encoding_of_one_response_does_not_affect_the_next() -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 64\r\n\r\n" + TEXT
    plain = b"HTTP/1.1 200 OK\r\nContent-Length: 64\r\n\r\n" + TEXT

    async with Prober() as prober:
        with raw_server(servers.answer(packed)) as server:
            before = await prober.probe(ProbeTarget(url=server.url))
        with raw_server(servers.answer(plain)) as server:
            after = await prober.probe(ProbeTarget(url=server.url))

    assert before.error is not None
    assert after.error is None


@pytest.mark.parametrize("packing", [b"deflate", b"br"])
def test_what_may_be_compressed_is_never_refused(packing: bytes) -> None:
    random.seed(9110)
    words = [b"abcdef", b"KLJ", b"the quick brown fox ", "Grüße ".encode(), b"{}", b"0" * 40]
    for size in range(1, 60):
        text = b"".join(random.choices(words, k=size))
        for level in (0, 1, 6, 9):
            packed = zlib.compress(text, level)

            assert is_packed(packing, packed[:SAMPLE_BYTES])
            assert is_packed(b"deflate", packed[2:-4][:SAMPLE_BYTES])


def test_a_short_body_of_a_compression_without_signature_is_not_judged() -> None:
    assert is_packed(b"br", b"ok")
    assert is_packed(b"deflate", b"ok")


def test_a_character_that_is_cut_off_is_still_text() -> None:
    assert not is_packed(b"br", ("ü" * 40).encode()[: SAMPLE_BYTES - 1])


@pytest.mark.parametrize(
    ("headers", "packing"),
    [
        (b"HTTP/1.1 200 OK\r\nServer: a\r\n", None),
        (b"HTTP/2 200 \r\ncontent-encoding: br\r\n", b"br"),
        (b"HTTP/1.1 200 OK\r\nCONTENT-ENCODING:gzip\r\n", b"gzip"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nX: 1\r\nContent-Encoding: br\r\n", b"br"),
        (b"HTTP/1.1 200 OK\r\nX-Content-Encoding: gzip\r\n", None),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: compress\r\n", None),
    ],
)
def test_the_outermost_known_compression_is_undone_first(headers: bytes, packing: bytes | None) -> None:
    assert packing_of(headers) == packing
