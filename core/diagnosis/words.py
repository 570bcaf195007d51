"""Formats figures, lists and URLs for findings. Pure."""

from collections.abc import Sequence

from core import phrases
from core.debugging.recorded_url import split_recorded

LONGEST_URL = 100


def ms(value: float | None) -> str:
    """Format milliseconds: ``0.4 ms``, ``187 ms``, ``2.4 s``; None becomes ``no time at all``."""
    if value is None:
        return "no time at all"
    if value < 10:
        return f"{value:.1f} ms" if value >= 0.05 else "less than 0.1 ms"
    return f"{value:.0f} ms" if value < 1_000 else f"{value / 1_000:.1f} s"


def listed(words: Sequence[str], *, limit: int = 3) -> str:
    """Format a list: ``a``, ``a and b``, ``a, b and c``, ``a, b, c and 4 more``; ``none``."""
    left = len(words) - limit
    return phrases.listed([*words[:limit], f"{left} more"] if left > 0 else words) or "none"


def short(url: str, page_url: str) -> str:
    """Shorten *url* for a finding; only path and query if it has the origin of *page_url*."""
    parts, page = split_recorded(url), split_recorded(page_url)
    is_own = (parts.scheme, parts.netloc) == (page.scheme, page.netloc)
    text = (parts.path or "/") + (f"?{parts.query}" if parts.query else "") if is_own else url
    return phrases.shortened(text, LONGEST_URL)


def address_of(remote: str | None) -> str | None:
    """Return the address of ``address:port``, without brackets."""
    return remote.rpartition(":")[0].strip("[]") if remote else None
