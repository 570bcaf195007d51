"""A line of the page's console in words that fit a sentence. Pure."""

import re

from core.debugging.recorded_url import split_recorded
from core.diagnosis.session_facts import ConsoleFact
from core.phrases import shortened

LONGEST_ERROR = 160
SCOPE = re.compile(r" for scope \('[^']*'\) with script \('[^']*'\)")  # before the reason of a service worker's fault
REACT = re.compile(r"Minified React error #(\d+)")
DIFFERS = "what the server rendered is not what the browser makes of it"
FAILED = "the server failed while it rendered a part of the page, and its own log says why"
# scripts/error-codes/codes.json of React: those by which a deploy or a server shows. A build has the number alone.
MEANT = {
    "185": "a part of the page updates itself without an end",
    "418": DIFFERS,
    "419": FAILED,
    "425": DIFFERS,
    "441": FAILED,
}


def short_error(line: ConsoleFact) -> str:
    """Its first line, where it was thrown, and what is meant where it is a number."""
    place = ""
    if line.url:
        parts = split_recorded(line.url)
        name = parts.path.rpartition("/")[2] or parts.netloc
        place = f" ({name}:{line.line_number})" if line.line_number else f" ({name})"
    first = SCOPE.sub("", line.text.splitlines()[0] if line.text else "")
    return f"“{cut(first)}”{place}{_meant(line.text)}"


def cut(text: str) -> str:
    """No more of *text* than a sentence bears."""
    return shortened(text, LONGEST_ERROR)


def _meant(text: str) -> str:
    found = REACT.search(text)
    meant = MEANT.get(found.group(1)) if found else None
    return f", by which React says that {meant}" if meant else ""
