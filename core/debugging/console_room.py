"""How much of a page's console is kept: what it logs by the thousand leaves room for what went wrong. Pure."""

from collections import deque
from typing import Any

Values = dict[str, Any]

KEPT = 5_000  # messages of any level
GRAVE_KEPT = 1_000  # errors and warnings beyond them
GRAVE = ("error", "warning")
OWN = "watchwright"
"""The source of our own remarks, of which there are few."""
SAME_MS = 20.0  # as the clock may be set right between the one telling and the other
_WORDS = ("source", "text", "url", "line_number", "exchange_id")
OF_SCRIPTS = ("console", "exception", OWN)  # told by the target whose script it was, and by no other
REMEMBERED = 100  # remarks of the browser's; a frame of another process tells at once what its page told


class ConsoleRoom:
    """Decides about one session's messages, in their order."""

    def __init__(self) -> None:
        self._kept = 0
        self._grave_kept = 0
        self._has_told = False
        self._remarks: deque[tuple[float, tuple[Any, ...]]] = deque(maxlen=REMEMBERED)

    def admitted(self, message: Values) -> list[Values]:
        """*message* if it is to be kept, and a remark of ours where it is the first that is not."""
        if message["source"] == OWN:
            return [message]
        if self._was_told(message):
            return []
        if self._kept < KEPT:
            self._kept += 1
            return [message]
        if message["level"] in GRAVE and self._grave_kept < GRAVE_KEPT:
            self._grave_kept += 1
            return [*self._remark(message), message]
        return self._remark(message)

    def _was_told(self, message: Values) -> bool:
        """Whether the browser made this remark before: a page and its frame in another process each tell of it."""
        if message["source"] in OF_SCRIPTS:
            return False
        at, words = message["offset_ms"], tuple(message.get(name) for name in _WORDS)
        was_told = any(before == words and abs(then - at) < SAME_MS for then, before in self._remarks)
        self._remarks.append((at, words))
        return was_told

    def _remark(self, message: Values) -> list[Values]:
        if self._has_told:
            return []
        self._has_told = True
        words = f"The page wrote more than {KEPT:,} messages: of further ones errors and warnings alone are kept."
        when = {name: message[name] for name in ("offset_ms", "timestamp")}
        return [{**when, "level": "info", "source": OWN, "text": words, "stack": None, "url": None}]
