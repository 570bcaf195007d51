"""Numbers, sizes and lists as sentences have them, in one way everywhere. Pure."""

import re
from collections.abc import Sequence

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATES = re.compile("[\u2066-\u2069]")


def counted(count: int, noun: str) -> str:
    """``1 request``, ``3 requests``, ``12,345 requests``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """``A``, ``A and B``, ``A, B and C``; empty for none. *joint* stands before the last one."""
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def isolated(name: str) -> str:
    """*name* for a sentence, which one from right to left would turn round: between Unicode's FSI and PDI.

    Without isolates of its own: one that it does not close would take our PDI for its end.
    """
    return "\u2068" + ISOLATES.sub("", name) + "\u2069" if RIGHT_TO_LEFT.search(name) else name


def spelled(name: str) -> str:
    """``status page`` for ``status_page``: a name of ours as a sentence has it."""
    return name.replace("_", " ")


def shortened(text: str, longest: int) -> str:
    """*text* where it has at most *longest* characters, else as many of it, the last of them an ellipsis."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def sized(count: int | None) -> str:
    """``512 B``, ``3.4 kB``, ``123 kB``, ``1.2 GB``: bytes as browsers' network panels have them; empty for None."""
    if count is None or count < 1_000:
        return "" if count is None else f"{count} B"
    value, unit = count / 1_000, "kB"
    for larger in ("MB", "GB"):
        if value < 999.5:
            break
        value, unit = value / 1_000, larger
    return f"{value:.1f} {unit}" if value < 99.95 else f"{value:,.0f} {unit}"
