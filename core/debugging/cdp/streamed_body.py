"""A body too large for the browser to keep: read while it comes, of which its beginning, size and hash stay."""

import codecs
import hashlib

from core.debugging.exchange_record import Payload
from core.debugging.payloads import payload_of_bytes


class StreamedBody:
    """Takes a body piece by piece and holds no more of it than *limit_bytes*."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit = limit_bytes
        self._hash = hashlib.sha256()
        self._beginning = bytearray()
        self._early: list[bytes] | None = []
        """What came before `begin`, which comes before it."""
        self.size_bytes = 0

    def begin(self, data: bytes) -> None:
        """Take what the browser held when it was asked for the rest."""
        early, self._early = self._early or [], None
        for piece in (data, *early):
            self.add(piece)

    def add(self, data: bytes) -> None:
        """Take the next piece."""
        if self._early is not None:
            self._early.append(data)
            return
        self._hash.update(data)
        self.size_bytes += len(data)
        self._beginning += data[: self._limit - len(self._beginning)]

    def payload(self) -> Payload:
        """What is kept of it; whether it is text its beginning says."""
        kept = bytes(self._beginning)
        try:
            text = codecs.getincrementaldecoder("utf-8")().decode(kept)  # which bears a last character cut in two
            payload = Payload(text=text)
        except UnicodeDecodeError:
            payload = payload_of_bytes(kept, self._limit)
        payload.is_truncated = self.size_bytes > len(kept)
        payload.sha256 = self._hash.hexdigest() if payload.is_truncated else None
        payload.size_bytes = self.size_bytes
        return payload
