"""Cuts messages to the limits of a service, many of which refuse longer ones. Pure."""

import re
from collections.abc import Callable

Measure = Callable[[str], int]

CUT = "…"
LINK = re.compile(r"https?://\S+")
JOINING = 16  # characters that a service without titles uses to put the title before the text
MAX_TITLE = 250  # characters, if the title becomes part of the text
ZERO_WIDTH_JOINER = "\u200d"


def units(words: str) -> int:
    """Return the length of *words* in UTF-16 code units, as services count; an emoji has two."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def octets(words: str) -> int:
    """Return the length of *words* in bytes of UTF-8."""
    return len(words.encode("utf-8", "surrogatepass"))


def truncate_message(
    title: str, text: str, *, title_limit: int, text_limit: int, measure: Measure = units
) -> tuple[str, str]:
    """Return *title* and *text* within the limits; without a limit for titles, the title becomes part of the text.

    The first lines and the links at the end are kept. Lines between them are dropped, the last one first.
    """
    if title_limit:
        return truncate(title, title_limit, measure), _fitted(text, text_limit, measure)
    title = truncate(title, min(MAX_TITLE, text_limit // 2), measure)
    return title, _fitted(text, text_limit - measure(title) - JOINING, measure)


def truncate(words: str, limit: int, measure: Measure = units) -> str:
    """Return *words*, cut to *limit* with an ellipsis, never within a character."""
    if measure(words) <= limit:
        return words
    low, high = 0, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if measure(words[:middle] + CUT) <= limit else (low, middle - 1)
    return words[:low].rstrip().rstrip(ZERO_WIDTH_JOINER) + CUT


def _fitted(text: str, limit: int, measure: Measure) -> str:
    if measure(text) <= limit:
        return text
    lines = text.splitlines()
    links: list[str] = []
    while lines and LINK.search(lines[-1]):
        links.insert(0, lines.pop())
    while links and measure("\n".join(links)) > limit * 2 // 3:  # one link with a ticket can exceed a text message
        links.remove(max(links, key=measure))
    rest = limit - measure("\n".join(["", *links])) if links else limit
    while len(lines) > 1 and measure("\n".join([*lines, CUT])) > rest:
        lines.pop()
    shortened = "\n".join([*lines, CUT])
    return "\n".join(
        [shortened if measure(shortened) <= rest else truncate(lines[0] if lines else "", rest, measure), *links]
    )
