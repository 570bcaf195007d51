"""Writes plain text as Markdown that looks the same, with working links, which Apprise would escape. Pure."""

import re
from urllib.parse import urlsplit

LINK = re.compile(r"https?://[^\s<>]*[^\s<>.,;:!?'\")\]]")
OF_LABELS = re.compile(r"[\\`\[\]]")
SIGNIFICANT = re.compile(r"[\\`*_\[\]<>~|#]|&(?=#?\w+;)|(?m:^(?=[-+=]))|(?m:(?<=^\d)(?=[.)]))")
MAX_SHOWN = 60  # characters of a link that are shown; a link with a ticket has hundreds


def markdown(text: str, *, line_end: str = "  \n") -> str:
    """Return *text* with its lines and links, and without any unintended formatting or mention.

    Args:
        text: Plain text.
        line_end: What ends a line; CommonMark needs two spaces, and Teams an empty line.
    """
    return line_end.join(_line(line) for line in text.splitlines())


def escaped(words: str) -> str:
    """Return *words* with every significant character escaped."""
    return SIGNIFICANT.sub(lambda found: f"\\{found[0]}", words)


def _line(line: str) -> str:
    result, place = "", 0
    for found in LINK.finditer(line):
        result += escaped(line[place : found.start()]) + _link(found[0])
        place = found.end()
    return result + escaped(line[place:])


def _link(url: str) -> str:
    parts = urlsplit(url)
    shown = url if len(url) <= MAX_SHOWN else f"{parts.scheme}://{parts.netloc}{parts.path}"[:MAX_SHOWN]
    label = OF_LABELS.sub(lambda found: f"\\{found[0]}", shown)  # an underscore within a word is no emphasis
    return f"[{label}]({url.replace('(', '%28').replace(')', '%29')})"
