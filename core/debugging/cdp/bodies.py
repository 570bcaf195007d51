"""Fetches bodies without slowing the page: documents and data first, images, fonts and media after the load."""

import asyncio
import base64
import contextlib
import itertools
import logging
from collections.abc import Callable

from core.debugging.cdp.connection import CdpError
from core.debugging.cdp.response_details import is_bodiless, is_pdf_viewed, lack_body, lack_pdf, unread_bytes
from core.debugging.cdp.streamed_body import StreamedBody
from core.debugging.exchange_record import ExchangeRecord, Payload
from core.debugging.failures import ABORTED, FAILED
from core.debugging.payloads import payload_of_bytes, payload_of_text

logger = logging.getLogger(__name__)

CONCURRENCY = 3  # more fetches would compete with the page for the browser's threads
FETCH_TIMEOUT_SECONDS = 5.0
MAX_BYTES = 32 * 1024 * 1024  # the browser buffers no larger body, and we hold none in memory
STREAMED_FROM_BYTES = 4 * 1024 * 1024
"""A body that grows beyond this is streamed while it arrives, before it reaches `MAX_BYTES`."""

UNREAD = "The browser gives out no body that the page has not read, such as that of a prefetch."
NOT_KEPT = "The browser did not keep the body."
PDF_VIEWED = "The browser gives out no PDF that it shows, only the page of its viewer."
READ_FIRST = ("document", "xhr", "fetch")
BODILESS = ("preflight", "ping", "websocket")
DEFERRED = ("image", "font", "media")


class BodyFetcher:
    """Fetches the bodies of finished exchanges, and calls *on_body* with each record that got one or lacks one."""

    def __init__(self, *, limit_bytes: int, on_body: Callable[[ExchangeRecord], None]) -> None:
        self._limit = limit_bytes
        self._on_body = on_body
        self._queue: asyncio.PriorityQueue[tuple[int, int, ExchangeRecord]] = asyncio.PriorityQueue()
        self._deferred: list[ExchangeRecord] = []
        self._is_page_loaded = False
        self._order = itertools.count()
        self._streams: dict[str, StreamedBody] = {}
        self._stream_starts: dict[str, asyncio.Task[None]] = {}
        self._workers = [asyncio.create_task(self._work(), name="bodies") for _ in range(CONCURRENCY)]

    def on_data(self, record: ExchangeRecord, data: str) -> None:
        """Handle a received part of a body; starts to stream the body when it grows beyond `STREAMED_FROM_BYTES`."""
        stream = self._streams.get(record.request_id)
        if stream is not None:
            stream.add(base64.b64decode(data))
        elif record.decoded_bytes >= STREAMED_FROM_BYTES and record.session is not None:
            stream = self._streams[record.request_id] = StreamedBody(self._limit)
            beginning = asyncio.create_task(self._start_stream(record, stream), name="stream of a body")
            self._stream_starts[record.request_id] = beginning

    def enqueue(self, record: ExchangeRecord) -> None:
        """Fetch the bodies of *record*, which has ended, soon or after the page's load."""
        if not _may_have_body(record) and "has_request_payload" not in record.details:
            return
        if record.resource_type in DEFERRED and not self._is_page_loaded:
            self._deferred.append(record)
            return
        urgency = 0 if record.resource_type in READ_FIRST else 1
        self._queue.put_nowait((urgency, next(self._order), record))

    def page_loaded(self) -> None:
        """Fetch the bodies that were deferred until the page's load."""
        self._is_page_loaded = True
        deferred, self._deferred = self._deferred, []
        for record in deferred:
            self.enqueue(record)

    async def finish(self, timeout_seconds: float) -> None:
        """Fetch the remaining bodies for at most *timeout_seconds*, then stop."""
        self.page_loaded()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._queue.join()
        tasks = [*self._workers, *self._stream_starts.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            *_, record = await self._queue.get()
            try:
                await self._fetch(record)
            except CdpError:  # the page is gone, or the browser keeps no bodies of this kind
                self._note_missing(record, _why_gone(record))
            except Exception:  # go on with the other bodies
                logger.exception("a body could not be read")
            finally:
                self._queue.task_done()

    async def _fetch(self, record: ExchangeRecord) -> None:
        if record.session is None:
            return
        await self._fetch_request(record)
        if not _may_have_body(record):
            return
        if is_pdf_viewed(record):
            lack_pdf(record, PDF_VIEWED)
            self._on_body(record)
            return
        if record.request_id in self._streams and await self._has_used_stream(record):
            return
        if record.decoded_bytes > MAX_BYTES:
            self._note_missing(record, "The body is larger than the browser keeps.")
            return
        answer = await record.session.send(
            "Network.getResponseBody", {"requestId": record.request_id}, timeout=FETCH_TIMEOUT_SECONDS
        )
        if not answer["body"] and not _is_empty(record):
            self._note_missing(record, _why_gone(record))
            return
        record.payload = _payload(answer["body"], is_base64=answer["base64Encoded"], limit_bytes=self._limit)
        record.decoded_bytes = record.decoded_bytes or record.payload.size_bytes
        self._on_body(record)

    def _note_missing(self, record: ExchangeRecord, why: str) -> None:
        if record.outcome in FAILED or is_bodiless(record):
            return  # its error says why, or nothing is missing
        lack_body(record, why)
        self._on_body(record)

    async def _start_stream(self, record: ExchangeRecord, stream: StreamedBody) -> None:
        assert record.session is not None
        held = ""
        with contextlib.suppress(CdpError):  # the sizes will differ, so the stream will not be used
            answer = await record.session.send(
                "Network.streamResourceContent", {"requestId": record.request_id}, timeout=FETCH_TIMEOUT_SECONDS
            )
            held = answer["bufferedData"]
        stream.begin(base64.b64decode(held))

    async def _has_used_stream(self, record: ExchangeRecord) -> bool:
        stream = self._streams.pop(record.request_id)
        await self._stream_starts.pop(record.request_id)
        if stream.size_bytes != record.decoded_bytes:
            return False  # the stream is incomplete, and so its hash would be wrong
        record.payload = stream.payload()
        self._on_body(record)
        return True

    async def _fetch_request(self, record: ExchangeRecord) -> None:
        if not record.details.pop("has_request_payload", False):
            return
        assert record.session is not None
        try:
            answer = await record.session.send(
                "Network.getRequestPostData", {"requestId": record.request_id}, timeout=FETCH_TIMEOUT_SECONDS
            )
        except CdpError:  # the page was left: the browser keeps the response's body, but not the request's
            record.request_bytes = 0
            self._on_body(record)
            return
        text = answer["postData"]
        record.set_request_payload(
            _payload(text, is_base64=answer.get("base64Encoded", False), limit_bytes=self._limit)
        )
        self._on_body(record)


def _may_have_body(record: ExchangeRecord) -> bool:
    if "body_missing" in record.details or (record.outcome in FAILED and not _is_kept(record)):
        return False
    # After a successful revalidation the status on the wire is 304, but the page has a body from its cache.
    is_empty = record.status_code == 204 or (record.response or {}).get("status") == 304
    return record.resource_type not in BODILESS and record.method != "HEAD" and not is_empty


def _is_kept(record: ExchangeRecord) -> bool:
    """Whether the browser may keep what arrived of a failed response. For a document, it shows its own error page."""
    is_replaced = record.resource_type == "document" and record.details.get("net_error") not in (None, ABORTED)
    return record.answered_at is not None and not is_replaced


def _is_empty(record: ExchangeRecord) -> bool:
    """Whether a response without data had no body. A page always reads a document, but not always its own requests."""
    return not record.decoded_bytes and (record.resource_type == "document" or unread_bytes(record) == 0)


def _why_gone(record: ExchangeRecord) -> str:
    is_unread = not record.decoded_bytes and unread_bytes(record) != 0
    return UNREAD if is_unread else NOT_KEPT


def _payload(body: str, *, is_base64: bool, limit_bytes: int) -> Payload:
    return payload_of_bytes(base64.b64decode(body), limit_bytes) if is_base64 else payload_of_text(body, limit_bytes)
