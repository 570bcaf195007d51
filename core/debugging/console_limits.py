"""Limits how many console messages a session stores, and reserves space for errors and warnings. Pure."""

from collections import deque
from typing import Any

Values = dict[str, Any]

MESSAGE_LIMIT = 5_000  # messages of any level
SEVERE_LIMIT = 1_000  # errors and warnings after the first MESSAGE_LIMIT messages
SEVERE_LEVELS = ("error", "warning")
OWN = "watchwright"
"""The source of Watchwright's own messages; they are few and always stored."""
SAME_MS = 20.0  # tolerance for duplicates: the wall clock may be corrected between the two reports
_IDENTITY = ("source", "text", "url", "line_number", "exchange_id")
SCRIPT_SOURCES = ("console", "exception", OWN)  # only the target that ran the script reports these
DUPLICATE_WINDOW = 100  # browser messages to compare with; a duplicate follows its original immediately


class ConsoleLimits:
    """Decides which of one session's messages to store; the caller passes them in order."""

    def __init__(self) -> None:
        self._count = 0
        self._severe_count = 0
        self._has_noted_limit = False
        self._recent: deque[tuple[float, tuple[Any, ...]]] = deque(maxlen=DUPLICATE_WINDOW)

    def admitted(self, message: Values) -> list[Values]:
        """Return what to store: *message* unless it is dropped, and a note before the first message over the limit."""
        if message["source"] == OWN:
            return [message]
        if self._is_duplicate(message):
            return []
        if self._count < MESSAGE_LIMIT:
            self._count += 1
            return [message]
        if message["level"] in SEVERE_LEVELS and self._severe_count < SEVERE_LIMIT:
            self._severe_count += 1
            return [*self._limit_note(message), message]
        return self._limit_note(message)

    def _is_duplicate(self, message: Values) -> bool:
        """Whether the browser reported this message before: a page and its frame in another process both report it."""
        if message["source"] in SCRIPT_SOURCES:
            return False
        at, identity = message["offset_ms"], tuple(message.get(name) for name in _IDENTITY)
        is_duplicate = any(before == identity and abs(then - at) < SAME_MS for then, before in self._recent)
        self._recent.append((at, identity))
        return is_duplicate

    def _limit_note(self, message: Values) -> list[Values]:
        if self._has_noted_limit:
            return []
        self._has_noted_limit = True
        text = (
            f"The page wrote more than {MESSAGE_LIMIT:,} messages. Of later ones, only errors and warnings are stored."
        )
        when = {name: message[name] for name in ("offset_ms", "timestamp")}
        return [{**when, "level": "info", "source": OWN, "text": text, "stack": None, "url": None}]
