"""Formats numbers, sizes, times and lists the same way in every sentence. Pure."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from http import HTTPStatus

RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]")
ISOLATES = re.compile("[\u2066-\u2069]")


def counted(count: int, noun: str) -> str:
    """``1 request``, ``3 requests``, ``12,345 requests``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Return ``A``, ``A and B`` or ``A, B and C``; "" for no words. *joint* precedes the last one."""
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def utc_minute(moment: datetime) -> str:
    """Return ``2026-11-24 02:49 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def utc_second(moment: datetime) -> str:
    """Return ``2026-11-24 02:49:14 UTC``."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def utc_millisecond(moment: datetime) -> str:
    """Return ``2026-11-24 02:49:14.205 UTC``."""
    return f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(' ', 'milliseconds')} UTC"


def named_status(status: int) -> str:
    """Return ``404 (Not Found)``; ``599`` for a status without a name."""
    try:
        return f"{status} ({HTTPStatus(status).phrase})"
    except ValueError:
        return str(status)


def isolated(name: str) -> str:
    """Return *name* between Unicode's FSI and PDI if it has right-to-left letters, which would reorder a sentence.

    Its own isolates are removed: an unclosed one would be closed by our PDI.
    """
    return "\u2068" + ISOLATES.sub("", name) + "\u2069" if RIGHT_TO_LEFT.search(name) else name


def spelled(name: str) -> str:
    """Return ``status page`` for ``status_page``: an identifier as words."""
    return name.replace("_", " ")


def shortened(text: str, max_length: int) -> str:
    """Return *text*; if it is longer than *max_length* characters, cut to that length with an ellipsis as the last."""
    return text if len(text) <= max_length else f"{text[: max_length - 1]}…"


def sized(count: int | None) -> str:
    """Return ``512 B``, ``3.4 kB``, ``123 kB`` or ``1.2 GB``, as browsers' network panels do; "" for None."""
    if count is None or count < 1_000:
        return "" if count is None else f"{count} B"
    value, unit = count / 1_000, "kB"
    for larger in ("MB", "GB"):
        if value < 999.5:
            break
        value, unit = value / 1_000, larger
    return f"{value:.1f} {unit}" if value < 99.95 else f"{value:,.0f} {unit}"
