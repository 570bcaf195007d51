"""Limits how many exchanges a session stores, and how many bytes of their bodies. Pure."""

from collections.abc import Callable

from core.debugging.exchange_record import ExchangeRecord
from core.schemas.session_options import SessionOptions

HEADERS_BYTES = 1_024  # estimate for the headers of one exchange


class ExchangeLimits:
    """Counts one session's exchanges and bytes against `max_exchanges` and `max_bytes` of its options."""

    def __init__(self, options: SessionOptions, note: Callable[[str], None]) -> None:
        """*note* adds a message of Watchwright to the session's console."""
        self._options = options
        self._note = note
        self._count = 0
        self._kept_bytes = 0
        self.dropped_count = 0

    def admits(self, record: ExchangeRecord) -> bool:
        """Whether *record* may be stored. Counts it either way: as stored or as dropped."""
        if self._count >= self._options.max_exchanges or self._kept_bytes >= self._options.max_bytes:
            if not self.dropped_count:
                self._note("The session's limit is reached. Further exchanges are counted but not stored.")
            self.dropped_count += 1
            return False
        self._count += 1
        self._kept_bytes += len(record.url) + HEADERS_BYTES
        return True

    def count_bodies(self, record: ExchangeRecord) -> None:
        """Count the bodies of *record*; drops the response body once `max_bytes` is exceeded."""
        for payload in (record.payload, record.request_payload):
            self._kept_bytes += len(payload.text) if payload else 0
        if self._kept_bytes > self._options.max_bytes and record.payload is not None:
            record.payload = None
            record.details["body_missing"] = "The session's limit was reached."
