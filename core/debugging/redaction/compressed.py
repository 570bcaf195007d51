"""Masks secrets in bytes that are compressed with gzip. Pure."""

import gzip
import io
import zlib
from collections.abc import Callable

GZIP = b"\x1f\x8b\x08"  # RFC 1952
LARGEST_EXPANDED = 256 * 1024  # bytes; the rest is left out, because masking 1 MiB keeps a core busy for 0.3 s


def redact_gzip(data: bytes, mask: Callable[[bytes], bytes]) -> bytes:
    """Return *data* with the expanded bytes of all its members masked by *mask*.

    What cannot be expanded after the first bytes, or is longer than `LARGEST_EXPANDED`, is left out. Data without
    secrets is returned unchanged, also if its end is missing.
    """
    expanded, is_readable = _expanded(data)
    if not expanded:
        return mask(data)
    clean = mask(expanded)
    return data if clean == expanded and is_readable else gzip.compress(clean, mtime=0)


def _expanded(data: bytes) -> tuple[bytes, bool]:
    """Return the expanded bytes, and whether they are everything that *data* contains."""
    expanded = bytearray()
    with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
        try:
            while len(expanded) <= LARGEST_EXPANDED and (part := file.read1()):
                expanded += part
        except EOFError:  # the recording has only the beginning
            pass
        except (OSError, zlib.error):
            return bytes(expanded[:LARGEST_EXPANDED]), False
    return bytes(expanded[:LARGEST_EXPANDED]), len(expanded) <= LARGEST_EXPANDED
