"""Makes a message fit what a service takes: what is longer, many refuse, and the alarm would be lost. Pure."""

import re
from collections.abc import Callable

Measure = Callable[[str], int]

CUT = "…"
LINK = re.compile(r"https?://\S+")
JOINING = 16  # characters with which a service that knows no titles puts one before the text
LONGEST_TITLE = 250  # characters, where the title is a part of the text
ZERO_WIDTH_JOINER = "\u200d"


def units(words: str) -> int:
    """The length of *words* as services count: UTF-16 code units, of which an emoji has two."""
    return len(words.encode("utf-16-le", "surrogatepass")) // 2


def octets(words: str) -> int:
    """The length of *words* in UTF-8."""
    return len(words.encode("utf-8", "surrogatepass"))


def truncate_message(
    title: str, text: str, *, title_limit: int, text_limit: int, measure: Measure = units
) -> tuple[str, str]:
    """*title* and *text*, no longer than the limits; one without a limit is put before the text by the service.

    The links at the end stay, as does what comes first; of what is between, the last is left out.
    """
    if title_limit:
        return truncate(title, title_limit, measure), _fitted(text, text_limit, measure)
    title = truncate(title, min(LONGEST_TITLE, text_limit // 2), measure)
    return title, _fitted(text, text_limit - measure(title) - JOINING, measure)


def truncate(words: str, limit: int, measure: Measure = units) -> str:
    """*words*, truncate where they are longer than *limit*; never within a character."""
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
    while links and measure("\n".join(links)) > limit * 2 // 3:  # a text message is shorter than some tickets
        links.remove(max(links, key=measure))
    rest = limit - measure("\n".join(["", *links])) if links else limit
    while len(lines) > 1 and measure("\n".join([*lines, CUT])) > rest:
        lines.pop()
    said = "\n".join([*lines, CUT])
    return "\n".join([said if measure(said) <= rest else truncate(lines[0] if lines else "", rest, measure), *links])
