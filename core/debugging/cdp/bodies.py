"""Fetches bodies without slowing the page: first what people read, and pictures and the like once it has loaded."""

import asyncio
import base64
import contextlib
import itertools
import logging
from collections.abc import Callable

from core.debugging.cdp.connection import CdpError
from core.debugging.cdp.streamed_body import StreamedBody
from core.debugging.exchange_record import ExchangeRecord, Payload
from core.debugging.headers import header_value
from core.debugging.payloads import payload_of_bytes, payload_of_text

logger = logging.getLogger(__name__)

AT_ONCE = 3  # more would compete with the page for the browser's own threads
FETCH_TIMEOUT_SECONDS = 5.0
LARGEST_BYTES = 32 * 1024 * 1024  # no larger body is kept for us, or held here at once
STREAMED_FROM_BYTES = 4 * 1024 * 1024
"""From here on a body is read while it comes, which is before `LARGEST_BYTES` unless all comes at once."""

READ_FIRST = ("document", "xhr", "fetch")
BODILESS = ("preflight", "ping", "websocket")
DEFERRED = ("image", "font", "media")


class BodyFetcher:
    """Asks for the bodies of finished exchanges; *on_body* hears of each record that got one."""

    def __init__(self, *, limit_bytes: int, on_body: Callable[[ExchangeRecord], None]) -> None:
        self._limit = limit_bytes
        self._on_body = on_body
        self._queue: asyncio.PriorityQueue[tuple[int, int, ExchangeRecord]] = asyncio.PriorityQueue()
        self._deferred: list[ExchangeRecord] = []
        self._is_page_loaded = False
        self._order = itertools.count()
        self._streams: dict[str, StreamedBody] = {}
        self._beginnings: dict[str, asyncio.Task[None]] = {}
        self._workers = [asyncio.create_task(self._work(), name="bodies") for _ in range(AT_ONCE)]

    def heard(self, record: ExchangeRecord, data: str) -> None:
        """Take a piece of the body of *record*; of one that grows large, ask to hear the pieces themselves."""
        stream = self._streams.get(record.request_id)
        if stream is not None:
            stream.add(base64.b64decode(data))
        elif record.decoded_bytes >= STREAMED_FROM_BYTES and record.session is not None:
            stream = self._streams[record.request_id] = StreamedBody(self._limit)
            beginning = asyncio.create_task(self._begin(record, stream), name="stream of a body")
            self._beginnings[record.request_id] = beginning

    def want(self, record: ExchangeRecord) -> None:
        """Fetch the body of *record*, whose answer has come whole."""
        # Where a cached answer was found to be fresh, the status on the wire is 304, and yet the page has a body.
        is_empty = record.status_code == 204 or (record.response or {}).get("status") == 304
        if record.resource_type in BODILESS or record.method == "HEAD" or is_empty:
            return
        if record.resource_type in DEFERRED and not self._is_page_loaded:
            self._deferred.append(record)
            return
        urgency = 0 if record.resource_type in READ_FIRST else 1
        self._queue.put_nowait((urgency, next(self._order), record))

    def page_loaded(self) -> None:
        """The page does not wait for anything any more: the deferred may go."""
        self._is_page_loaded = True
        deferred, self._deferred = self._deferred, []
        for record in deferred:
            self.want(record)

    async def finish(self, timeout_seconds: float) -> None:
        """Fetch what is wanted still, at most for *timeout_seconds*, and end."""
        self.page_loaded()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await self._queue.join()
        tasks = [*self._workers, *self._beginnings.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self) -> None:
        while True:
            *_, record = await self._queue.get()
            try:
                await self._fetch(record)
            except CdpError as error:  # the page that had it is gone, or the browser keeps none of this kind
                self._miss(record, str(error))
            except Exception:  # one odd body must not keep us from all the others
                logger.exception("a body could not be read")
            finally:
                self._queue.task_done()

    async def _fetch(self, record: ExchangeRecord) -> None:
        if record.session is None:
            return
        await self._fetch_request(record)
        if record.request_id in self._streams and await self._has_taken_stream(record):
            return
        if record.decoded_bytes > LARGEST_BYTES:
            self._miss(record, "The body is larger than what the browser keeps.")
            return
        answer = await record.session.send(
            "Network.getResponseBody", {"requestId": record.request_id}, timeout=FETCH_TIMEOUT_SECONDS
        )
        if not answer["body"] and _is_prefetch(record):
            self._miss(record, "The browser keeps what it fetches ahead to itself until a page uses it.")
            return
        record.payload = _payload(answer["body"], is_base64=answer["base64Encoded"], limit_bytes=self._limit)
        record.decoded_bytes = record.decoded_bytes or record.payload.size_bytes
        self._on_body(record)

    def _miss(self, record: ExchangeRecord, why: str) -> None:
        record.details.setdefault("body_missing", why)
        self._on_body(record)

    async def _begin(self, record: ExchangeRecord, stream: StreamedBody) -> None:
        assert record.session is not None
        held = ""
        with contextlib.suppress(CdpError):  # then the sizes will not agree
            answer = await record.session.send(
                "Network.streamResourceContent", {"requestId": record.request_id}, timeout=FETCH_TIMEOUT_SECONDS
            )
            held = answer["bufferedData"]
        stream.begin(base64.b64decode(held))

    async def _has_taken_stream(self, record: ExchangeRecord) -> bool:
        stream = self._streams.pop(record.request_id)
        await self._beginnings.pop(record.request_id)
        if stream.size_bytes != record.decoded_bytes:
            return False  # the hash of something else than the whole would be worse than none
        record.payload = stream.payload()
        self._on_body(record)
        return True

    async def _fetch_request(self, record: ExchangeRecord) -> None:
        if not record.details.pop("has_request_payload", False):
            return
        assert record.session is not None
        answer = await record.session.send(
            "Network.getRequestPostData", {"requestId": record.request_id}, timeout=FETCH_TIMEOUT_SECONDS
        )
        text = answer["postData"]
        record.set_request_payload(
            _payload(text, is_base64=answer.get("base64Encoded", False), limit_bytes=self._limit)
        )
        self._on_body(record)


def _is_prefetch(record: ExchangeRecord) -> bool:
    return "prefetch" in header_value(record.request_headers, "sec-purpose")


def _payload(body: str, *, is_base64: bool, limit_bytes: int) -> Payload:
    return payload_of_bytes(base64.b64decode(body), limit_bytes) if is_base64 else payload_of_text(body, limit_bytes)
