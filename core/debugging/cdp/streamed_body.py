"""Collects a body that is too large for the browser's buffer: keeps its beginning, size and hash."""

import codecs
import hashlib

from core.debugging.exchange_record import Payload
from core.debugging.payloads import payload_of_bytes


class StreamedBody:
    """Receives a body in parts, and keeps at most *limit_bytes* of it in memory."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._hash = hashlib.sha256()
        self._beginning = bytearray()
        self._early: list[bytes] | None = []
        """Parts that arrived before `begin` was called; None afterwards."""
        self.size_bytes = 0

    def begin(self, data: bytes) -> None:
        """Add *data*, which the browser had buffered before the stream started, ahead of the early parts."""
        early, self._early = self._early or [], None
        for piece in (data, *early):
            self.add(piece)

    def add(self, data: bytes) -> None:
        """Add the next part."""
        if self._early is not None:
            self._early.append(data)
            return
        self._hash.update(data)
        self.size_bytes += len(data)
        self._beginning += data[: self._limit - len(self._beginning)]

    def payload(self) -> Payload:
        """Return the stored part of the body; it is text if the beginning is valid UTF-8."""
        kept = bytes(self._beginning)
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(kept)  # allows an incomplete last character
            payload = Payload(text=text)
        except UnicodeDecodeError:
            payload = payload_of_bytes(kept, self._limit)
        payload.is_truncated = self.size_bytes > len(kept)
        payload.sha256 = self._hash.hexdigest() if payload.is_truncated else None
        payload.size_bytes = self.size_bytes
        return payload
