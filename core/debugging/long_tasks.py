"""Describes, in a console message, how long a script kept the page's main thread busy, and reads it back. Pure."""

import re
from dataclasses import dataclass

SOURCE = "long-task"
"""The source of these console messages."""
_TEXT = re.compile(
    r"(?:This script|Style and layout) kept the main thread busy for (\d+) ms in (\d+) long tasks?"
    r"(?:, at most (\d+) ms)?(?:, in (.{1,100}))?\."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BusyScript:
    """The long tasks of one script, or of style and layout."""

    url: str | None
    """The script's URL, or the document's for an inline script; None for style and layout."""
    function_name: str
    """The function that the browser called in the longest task; empty if it is unknown."""
    longest_at_ms: float
    """The start of the longest task, in ms after the session's start."""
    longest_ms: float
    busy_ms: float
    """The time of all tasks."""
    count: int

    @property
    def longest_end_ms(self) -> float:
        """The end of the longest task, in ms after the session's start."""
        return self.longest_at_ms + self.longest_ms


def busy_text(busy: BusyScript) -> str:
    """Return the text of the console message."""
    subject = "This script" if busy.url else "Style and layout"
    tasks = "1 long task" if busy.count == 1 else f"{busy.count} long tasks, at most {busy.longest_ms:.0f} ms"
    name = " ".join(busy.function_name.split())[:100]
    place = f", in {name}" if name else ""
    return f"{subject} kept the main thread busy for {busy.busy_ms:.0f} ms in {tasks}{place}."


def read_busy(text: str, *, url: str | None, offset_ms: float) -> BusyScript | None:
    """Return what a console message with the source `SOURCE` says; None for another text."""
    found = _TEXT.fullmatch(text)
    if found is None:
        return None
    busy_ms = float(found[1])
    return BusyScript(
        url=url,
        function_name=found[4] or "",
        longest_at_ms=offset_ms,
        longest_ms=float(found[3] or busy_ms),
        busy_ms=busy_ms,
        count=int(found[2]),
    )
