"""Tells from a body's first bytes whether it is compressed as its Content-Encoding header says. Pure."""

import codecs
import re
import zlib

GZIP = (b"\x1f\x8b",)  # RFC 1952, section 2.3.1
ZSTD = (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + n]) + b"\x2a\x4d\x18" for n in range(16)))  # RFC 8878, section 3.1
SIGNATURES = {b"gzip": GZIP, b"x-gzip": GZIP, b"zstd": ZSTD, b"deflate": (), b"br": ()}
"""All encodings that browsers undo, with the first bytes of such a body; empty if there are no fixed ones."""
SAMPLE_BYTES = 64
MIN_TEXT_BYTES = 32  # so many bytes of compressed data are by chance text in one of 10^13 bodies
ENCODING = re.compile(rb"\ncontent-encoding:([^\r\n]*)", re.IGNORECASE)
WITH_WHOLE_BODY = re.compile(rb"HTTP/\S+ 2(?!06)")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
EITHER_DEFLATE = (zlib.MAX_WBITS, -zlib.MAX_WBITS)  # with the header that RFC 9110 demands, and without


def packing_of(headers: bytes | bytearray) -> bytes | None:
    """Return the compression that browsers undo first; None if they take the body as it is.

    Also None for an unsuccessful status, which says more than the body, and for a part of a body (206).
    """
    if b"\ncontent-encoding:" not in headers.lower() or not WITH_WHOLE_BODY.match(headers):
        return None
    names = [name.strip() for line in ENCODING.findall(headers) for name in line.lower().split(b",")]
    return names[-1] if SIGNATURES.keys() >= set(names) else None  # an unknown name makes browsers undo nothing


def is_packed(packing: bytes, start: bytes) -> bool:
    """Return whether a body that begins with *start* may be compressed with *packing*; True if it is too short."""
    if signatures := SIGNATURES[packing]:
        return any(start[: len(signature)] == signature[: len(start)] for signature in signatures)
    if not _is_text(start):
        return True
    return packing == b"deflate" and any(_inflates(start, bits) for bits in EITHER_DEFLATE)


def _is_text(start: bytes) -> bool:
    if len(start) < MIN_TEXT_BYTES:
        return False
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(start)  # the last character may be incomplete
    except UnicodeDecodeError:
        return False
    return CONTROL.search(text) is None


def _inflates(start: bytes, bits: int) -> bool:
    try:
        zlib.decompressobj(bits).decompress(start, 1_024)
    except zlib.error:
        return False
    return True
