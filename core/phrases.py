"""Numbers and lists as sentences have them, in one way everywhere. Pure."""

from collections.abc import Sequence


def counted(count: int, noun: str) -> str:
    """``1 request``, ``3 requests``, ``12,345 requests``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(words: Sequence[str]) -> str:
    """``A``, ``A and B``, ``A, B and C``; empty for none."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
