"""How much of a page's console is kept: what it logs by the thousand leaves room for what went wrong. Pure."""

from typing import Any

Values = dict[str, Any]

KEPT = 5_000  # messages of any level
GRAVE_KEPT = 1_000  # errors and warnings beyond them
GRAVE = ("error", "warning")
OWN = "watchwright"
"""The source of our own remarks, of which there are few."""


class ConsoleRoom:
    """Decides about one session's messages, in their order."""

    def __init__(self) -> None:
        self._kept = 0
        self._grave_kept = 0
        self._has_told = False

    def admitted(self, message: Values) -> list[Values]:
        """*message* if it is to be kept, and a remark of ours where it is the first that is not."""
        if message["source"] == OWN:
            return [message]
        if self._kept < KEPT:
            self._kept += 1
            return [message]
        if message["level"] in GRAVE and self._grave_kept < GRAVE_KEPT:
            self._grave_kept += 1
            return [*self._remark(message), message]
        return self._remark(message)

    def _remark(self, message: Values) -> list[Values]:
        if self._has_told:
            return []
        self._has_told = True
        words = f"The page wrote more than {KEPT:,} messages: of further ones errors and warnings alone are kept."
        when = {name: message[name] for name in ("offset_ms", "timestamp")}
        return [{**when, "level": "info", "source": OWN, "text": words, "stack": None, "url": None}]
