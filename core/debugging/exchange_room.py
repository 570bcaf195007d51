"""How many exchanges of a session are kept, and how much of their bodies. Pure."""

from collections.abc import Callable

from core.debugging.exchange_record import ExchangeRecord
from core.schemas.session_options import SessionOptions

HEADERS_BYTES = 1_024  # of one exchange, about


class ExchangeRoom:
    """Counts one session's exchanges against the bounds of its options."""

    def __init__(self, options: SessionOptions, note: Callable[[str], None]) -> None:
        """*note* takes a remark for the console."""
        self._options = options
        self._note = note
        self._count = 0
        self._kept_bytes = 0
        self.dropped_count = 0

    def admits(self, record: ExchangeRecord) -> bool:
        """Whether there is room for *record*, which is counted either way."""
        if self._count >= self._options.max_exchanges or self._kept_bytes >= self._options.max_bytes:
            if not self.dropped_count:
                self._note("The session's bound is reached: further exchanges are counted and not kept.")
            self.dropped_count += 1
            return False
        self._count += 1
        self._kept_bytes += len(record.url) + HEADERS_BYTES
        return True

    def take_bodies(self, record: ExchangeRecord) -> None:
        """Count the bodies that *record* has got; the answer's is dropped where there is no room for it."""
        for payload in (record.payload, record.request_payload):
            self._kept_bytes += len(payload.text) if payload else 0
        if self._kept_bytes > self._options.max_bytes and record.payload is not None:
            record.payload = None
            record.details["body_missing"] = "The session's bound was reached."
