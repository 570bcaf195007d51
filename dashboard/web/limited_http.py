"""Limits the head of a request in size and time, and its body in time. uvicorn does neither."""

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_BYTES = 64 * 1024  # request line and headers; most reverse proxies allow 8 to 32 KiB
HEAD_SECONDS = 30.0  # for the first byte of a connection, and from there to the last header
BODY_SECONDS = 60.0  # for each `BODY_PART_BYTES` of a body and for its rest: at least 140 kbit/s
BODY_PART_BYTES = 1024 * 1024
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


class LimitedHttp(HttpToolsProtocol):
    """One connection. It is closed where a head, or the trailers of a body, are too large, or either takes too long."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._unparsed_bytes = 0
        """Received since the last whole head or the last piece of a body."""
        self._is_in_head = True
        self._part_bytes = 0
        """Of the body, received since its time limit last began."""
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._limit_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_time_limit()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unparsed_bytes += len(data)
        super().data_received(data)
        if self._unparsed_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.transport.write(TOO_LARGE)
            self.transport.close()
        elif self._is_in_head or (self._is_idle and self._unparsed_bytes):  # empty lines may precede a head
            self._limit_head()

    def on_message_begin(self) -> None:
        self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._is_in_head, self._unparsed_bytes = False, 0
        super().on_headers_complete()
        self._limit_body()

    def on_body(self, body: bytes) -> None:
        self._unparsed_bytes = 0
        self._part_bytes += len(body)
        if self._part_bytes >= BODY_PART_BYTES:
            self._limit_body()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unparsed_bytes = 0
        self._end_time_limit()
        super().on_message_complete()

    @property
    def _is_idle(self) -> bool:
        return getattr(self.cycle, "response_complete", True)  # no cycle before the first request

    def _limit_head(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def _limit_body(self) -> None:
        self._end_time_limit()
        self._part_bytes = 0
        self._patience = self.loop.call_later(BODY_SECONDS, self._refuse_body)

    def _refuse_body(self) -> None:
        """Close the connection, with an answer if nothing else is being answered. The application sees a disconnect."""
        if self.flow.read_paused:  # the rest waits for the application, not for the client
            self._limit_body()
            return
        if not self.pipeline and not self.cycle.response_started:
            self.transport.write(TOO_SLOW)
        self.transport.close()

    def _end_time_limit(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
