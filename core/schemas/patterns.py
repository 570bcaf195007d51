"""Patterns, JSON paths and status codes that a person may write, where matching them cannot run away. Pure."""

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath_rfc9535 import JSONPathQuery

REGEX_BYTES = 8 * 1024 * 1024  # what RE2 may use for a pattern and its automaton; beyond it the pattern is refused


@lru_cache(maxsize=1_024)
def regex_of(pattern: str) -> Any:
    """The compiled form of *pattern* (RE2 syntax), to be searched in bytes in time linear to their number.

    Raises:
        ValueError: RE2 does not take it; the message says why.
    """
    import re2  # only where there is a pattern: 2 MB

    options = re2.Options()
    options.log_errors = False
    options.max_mem = REGEX_BYTES
    try:
        return re2.compile(pattern.encode(), options)
    except re2.error as error:
        reason = error.args[0] if error.args else "it is malformed"
        reason = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else reason
        raise ValueError(f"the pattern is not a regular expression that RE2 takes: {reason}") from error


def json_path_of(path: str) -> "JSONPathQuery":
    """The compiled form of *path* (RFC 9535), which takes time linear to the document's size.

    Raises:
        ValueError: It is malformed, or could take far longer; the message says which.
    """
    from core.schemas.json_paths import compiled

    return compiled(path)


def status_ranges(text: str) -> tuple[range, ...]:
    """The status codes that *text*, such as ``200-299,401``, accepts.

    Raises:
        ValueError: It is malformed; the message shows the form.
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
        # RFC 9110, section 15, ends at 599; LinkedIn answers programs with 999, and is well.
        if not 100 <= int(first) <= int(last) <= 999:
            raise ValueError(f"status codes go from 100 to 999, the lower one first, not {part}")
        yield range(int(first), int(last) + 1)
