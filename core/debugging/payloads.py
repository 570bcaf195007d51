"""Truncates bodies to the stored size: text stays text, binary data becomes base64. Pure."""

import base64
import hashlib

from core.debugging.exchange_record import Payload


def payload_of_text(text: str, limit_bytes: int) -> Payload:
    """Keep the first *limit_bytes* of *text*; as base64 if it contains NUL, which PostgreSQL rejects in text."""
    if "\0" in text:
        return _as_base64(text.encode("utf-8", "surrogatepass"), limit_bytes)
    return cut_text(text, limit_bytes)


def cut_text(text: str, limit_bytes: int) -> Payload:
    """Keep the first *limit_bytes* of *text* in UTF-8, without splitting a character."""
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit_bytes:
        return Payload(text=text.encode("utf-8", "replace").decode(), size_bytes=len(data))
    kept = data[:limit_bytes].decode("utf-8", "ignore")
    return Payload(text=kept, is_truncated=True, sha256=hashlib.sha256(data).hexdigest(), size_bytes=len(data))


def payload_of_bytes(data: bytes, limit_bytes: int) -> Payload:
    """Keep the first *limit_bytes* of *data*: as text if all of *data* is UTF-8, else as base64."""
    try:
        return payload_of_text(data.decode("utf-8"), limit_bytes)
    except UnicodeDecodeError:
        return _as_base64(data, limit_bytes)


def size_of_base64(text: str) -> int:
    """Return how many bytes the base64 *text* stands for."""
    return max(0, len(text) * 3 // 4 - text[-2:].count("="))


def _as_base64(data: bytes, limit_bytes: int) -> Payload:
    is_truncated = len(data) > limit_bytes
    return Payload(
        text=base64.b64encode(data[:limit_bytes]).decode(),
        encoding="base64",
        is_truncated=is_truncated,
        sha256=hashlib.sha256(data).hexdigest() if is_truncated else None,
        size_bytes=len(data),
    )
