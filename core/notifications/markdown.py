"""A text as Markdown that reads as it does, with links that open: the library escapes what is within them. Pure."""

import re
from urllib.parse import urlsplit

LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?'\")\]]")
OF_LABELS = re.compile(r"[\\`\[\]]")
SIGNIFICANT = re.compile(r"[\\`*_\[\]<>~|#]|&(?=#?\w+;)|(?m:^(?=[-+=]))|(?m:(?<=^\d)(?=[.)]))")
LONGEST_SHOWN = 60  # characters of a link, of which tickets have hundreds


def markdown(text: str, *, line_end: str = "  \n") -> str:
    """*text* with its lines and links, and no emphasis, heading, list or mention that is not in it.

    Args:
        text: Plain.
        line_end: What ends a line; two blanks before its end do in CommonMark, and Teams needs a line between.
    """
    return line_end.join(_line(line) for line in text.splitlines())


def escaped(words: str) -> str:
    """*words* as they are."""
    return SIGNIFICANT.sub(lambda found: f"\\{found[0]}", words)


def _line(line: str) -> str:
    said, place = "", 0
    for found in LINK.finditer(line):
        said += escaped(line[place : found.start()]) + _link(found[0])
        place = found.end()
    return said + escaped(line[place:])


def _link(url: str) -> str:
    parts = urlsplit(url)
    shown = url if len(url) <= LONGEST_SHOWN else f"{parts.scheme}://{parts.netloc}{parts.path}"[:LONGEST_SHOWN]
    label = OF_LABELS.sub(lambda found: f"\\{found[0]}", shown)  # an underscore within a word is none of emphasis
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"
