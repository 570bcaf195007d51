"""Quotes console messages in findings. Pure."""

import re

from core.debugging.recorded_url import split_recorded
from core.diagnosis.session_facts import ConsoleFact
from core.phrases import shortened

LONGEST_ERROR = 160
SCOPE = re.compile(r" for scope \('[^']*'\) with script \('[^']*'\)")  # precedes the reason of a service worker's error
REACT = re.compile(r"Minified React error #(\d+)")
DIFFERS = "the server-rendered HTML differs from what the browser renders"
FAILED = "the server failed to render a part of the page; see the server's log"
# React's scripts/error-codes/codes.json: errors that point to a deploy or server. Production builds give only numbers.
MEANT = {
    "31": "a component draws an object, as when a response has another form than expected",
    "130": "an imported component does not exist",
    "185": "a component updates itself in an endless loop",
    "299": "the element that the application should be drawn into does not exist",
    "301": "a component updates itself in an endless loop",
    "418": DIFFERS,
    "419": FAILED,
    "423": "an error occurred while the page took over the server-rendered HTML",
    "425": DIFFERS,
    "441": FAILED,
}


def short_error(line: ConsoleFact) -> str:
    """Return the message's first line, its position, and the meaning of a React error number."""
    place = ""
    if line.url:
        parts = split_recorded(line.url)
        name = parts.path.rpartition("/")[2] or parts.netloc
        place = f" ({name}:{line.line_number})" if line.line_number else f" ({name})"
    first = SCOPE.sub("", line.text.splitlines()[0] if line.text else "")
    return f"“{cut(first)}”{place}{_meant(line.text)}"


def cut(text: str) -> str:
    """Shorten *text* to `LONGEST_ERROR` characters."""
    return shortened(text, LONGEST_ERROR)


def _meant(text: str) -> str:
    found = REACT.search(text)
    meant = MEANT.get(found.group(1)) if found else None
    return f". This React error means that {meant}" if meant else ""
