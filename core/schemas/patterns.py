"""Parses patterns, JSON paths and status codes that people write. Matching takes linear time. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathQuery

REGEX_BYTES = 8 * 1024 * 1024  # RE2's memory limit per pattern; larger patterns are rejected


@lru_cache(maxsize=1_024)
def regex_of(pattern: str) -> Any:
    """Return *pattern* (RE2 syntax) compiled, for searching bytes in linear time.

    Raises:
        ValueError: RE2 rejects the pattern; the message says why.
    """
    import re2  # 2 MB, so imported only if there is a pattern

    options = re2.Options()
    options.log_errors = False
    options.max_mem = REGEX_BYTES
    try:
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is malformed"
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"the pattern is not a regular expression that RE2 accepts: {reason}") from error


def json_path_of(path: str) -> "JSONPathQuery":
    """Return *path* (RFC 9535) compiled to a query that takes linear time.

    Raises:
        ValueError: *path* is malformed, or could take more than linear time.
    """
    from core.schemas.json_paths import compiled

    return compiled(path)


def status_ranges(text: str) -> tuple[range, ...]:
    """Return the status codes in *text*, such as ``200-299,401``.

    Raises:
        ValueError: *text* is malformed; the message shows an example.
    """
    ranges = tuple(_ranges(text))
    if not ranges:
        raise ValueError("the accepted status codes must be such as 200-299,401; none is given")
    return ranges


def _ranges(text: str) -> Iterator[range]:
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        last = last if dash else first
        if not (first.isdecimal() and last.isdecimal() and len(first) == len(last) == 3):
            raise ValueError(f"the accepted status codes must be such as 200-299,401, not {part[:40]!r}")
        # RFC 9110, section 15, ends at 599, but LinkedIn answers programs with 999.
        if not 100 <= int(first) <= int(last) <= 999:
            raise ValueError(f"status codes go from 100 to 999, the lower one first, not {part}")
        yield range(int(first), int(last) + 1)
