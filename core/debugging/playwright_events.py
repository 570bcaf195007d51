"""Turns Playwright's events of one browser context into exchange records."""

import asyncio
import itertools
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Error, Page, Request, Response, WebError
from playwright.async_api import WebSocket as PlaywrightWebSocket

from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.cdp.response_details import PARTLY_READ_REASON, is_partly_read
from core.debugging.cdp.streams import MESSAGE_BYTES_KEPT, MESSAGES_KEPT, fail_socket
from core.debugging.dialogs import dialog_note
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import ABORTED, BLOCKED, failure_reason, failure_type
from core.debugging.payloads import payload_of_bytes
from core.debugging.recorder import Recorder
from core.models import NetworkEventType

SETTLE_SECONDS = 5.0
NOT_TIMED = -1


class PlaywrightEvents:
    """Subscribes to the events of a context when it is created, and adds exchanges and messages to *recorder*."""

    def __init__(
        self, recorder: Recorder, context: BrowserContext, page: Page, *, limit_bytes: int, facts: ConnectionFacts
    ) -> None:
        self._recorder = recorder
        self._facts = facts
        self._page = page
        self._limit = limit_bytes
        self._numbers = itertools.count(1)
        self._records: dict[Request, ExchangeRecord] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.crashed = asyncio.Event()
        self.has_loaded = False
        self.document_status: int | None = None
        self.document_failure: str | None = None
        """Why the main document did not load, as a sentence; None while it has not failed."""
        context.on("request", self._request)
        context.on("response", lambda response: self._spawn(self._response(response)))
        context.on("requestfinished", lambda request: self._spawn(self._finished(request)))
        context.on("requestfailed", self._failed)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", lambda dialog: self._spawn(self._dialog(dialog)))
        context.on("page", self._watch_page)
        self._watch_page(page)
        page.on("load", self._loaded)
        page.on("crash", lambda _page: self.crashed.set())

    async def settle(self) -> None:
        """Wait up to `SETTLE_SECONDS` for headers and bodies that Playwright still fetches."""
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=SETTLE_SECONDS)

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", self._socket)

    def _loaded(self, _page: Page) -> None:
        self.has_loaded = True

    def _now(self) -> float:
        return self._recorder.axis.now_ms() / 1000

    def _request(self, request: Request) -> None:
        previous = self._records.get(request.redirected_from) if request.redirected_from else None
        number = f"playwright-{next(self._numbers)}"
        record = ExchangeRecord(
            exchange_id=number,
            request_id=number,
            session=None,
            url=request.url,
            method=request.method,
            asked_at=self._now(),
            target=self._target(request),
            resource_type=request.resource_type,
            redirected_from=previous.exchange_id if previous else None,
            request_headers=dict(request.headers),
        )
        if body := request.post_data_buffer:
            record.set_request_payload(payload_of_bytes(body, self._limit))
        self._records[request] = record
        self._recorder.add(record)

    def _target(self, request: Request) -> str:
        try:
            frame = request.frame
        except Error:  # a service worker has no frame, and a new window has none yet
            return "service_worker" if request.service_worker else "popup"
        if frame.parent_frame:
            return "iframe"
        return "page" if frame == self._page.main_frame else "popup"

    async def _response(self, response: Response) -> None:
        record = self._records.get(response.request)
        if record is None:
            return
        record.answered_at = self._now()
        record.status_code, record.status_text = response.status, response.status_text
        record.outcome = NetworkEventType.REDIRECT if 300 <= response.status < 400 else NetworkEventType.RESPONSE
        if response.request.is_navigation_request() and record.target == "page":
            self.document_status = response.status
        record.is_size_unknown = record.outcome is NetworkEventType.RESPONSE  # until its body was read
        record.response_headers = dict(response.headers)
        record.from_cache = "service-worker" if response.from_service_worker else None
        try:
            await self._complete(record, response)
        except Error:  # the page was closed before Playwright had all facts
            record.details["is_incomplete"] = True
        self._recorder.changed(record)

    async def _complete(self, record: ExchangeRecord, response: Response) -> None:
        record.request_headers = await response.request.all_headers()
        record.response_headers = await response.all_headers()
        address = await response.server_addr()
        mime = (record.response_headers or {}).get("content-type", "").partition(";")[0]
        reported = {
            "mimeType": mime,
            "remoteIPAddress": address["ipAddress"] if address else None,
            "remotePort": address["port"] if address else 0,
        }
        record.response = self._facts.true_response(record.url, reported)

    async def _finished(self, request: Request) -> None:
        record = self._records.get(request)
        response = await _or_none(request.response())
        if record is None or response is None:
            return
        _add_timing(record, request.timing, self._recorder.axis.wall_origin)
        reported = {"remoteIPAddress": "ours", "timing": record.timing}
        record.timing = self._facts.true_response(record.url, reported)["timing"]
        record.ended_at = record.ended_at or self._now()
        try:
            sizes = await request.sizes()
            record.encoded_bytes = sizes["responseBodySize"] + sizes["responseHeadersSize"]
            if record.outcome is not NetworkEventType.REDIRECT:
                body = await response.body()
                record.payload, record.decoded_bytes = payload_of_bytes(body, self._limit), len(body)
                record.is_size_unknown = False
        except Error as error:
            record.details["body_missing"] = error.message[:200]
        self._recorder.changed(record)

    def _failed(self, request: Request) -> None:
        if record := self._records.get(request):
            text = self._facts.true_error(record.url, request.failure or "")
            record.ended_at = self._now()
            if text == ABORTED and is_partly_read(record):
                record.details["body_missing"] = PARTLY_READ_REASON
            else:
                blocked = text if text in BLOCKED else None  # Playwright gives no code for these
                record.outcome, record.error_message = failure_type(text), failure_reason(text, blocked_reason=blocked)
            if request.is_navigation_request() and record.target == "page":
                self.document_failure = record.error_message
            self._recorder.changed(record)

    def _socket(self, socket: PlaywrightWebSocket) -> None:
        number = f"playwright-{next(self._numbers)}"
        record = ExchangeRecord(
            exchange_id=number,
            request_id=number,
            session=None,
            url=socket.url,
            method="GET",
            asked_at=self._now(),
            answered_at=self._now(),
            target="page",
            resource_type="websocket",
            outcome=NetworkEventType.RESPONSE,
            status_code=101,
            details={"messages": [], "message_count": 0},
        )
        self._recorder.add(record)

        def frame(direction: str, data: str | bytes) -> None:
            payload = payload_of_bytes(data if isinstance(data, bytes) else data.encode(), MESSAGE_BYTES_KEPT)
            record.details["message_count"] += 1
            if len(record.details["messages"]) < MESSAGES_KEPT:
                message = {"direction": direction, "opcode": 1 if isinstance(data, str) else 2, "payload": payload.text}
                rest = {"encoding": payload.encoding, "size_bytes": payload.size_bytes, "offset_ms": self._now() * 1000}
                record.details["messages"].append(message | rest)
            self._recorder.changed(record)

        def closed(_socket: Any) -> None:
            record.ended_at = self._now()
            self._recorder.changed(record)

        socket.on("framesent", lambda data: frame("sent", data))
        socket.on("framereceived", lambda data: frame("received", data))

        def failed(message: str) -> None:
            record.status_code = None
            fail_socket(record, self._facts.true_message(record.url, message))
            self._recorder.changed(record)

        socket.on("socketerror", failed)
        socket.on("close", closed)

    def _console(self, message: ConsoleMessage) -> None:
        place = message.location
        self._recorder.add_console(
            level=message.type if message.type in ("debug", "info", "warning", "error") else "log",
            source="console",
            text=message.text,
            url=place.get("url") or None,
            line_number=place.get("lineNumber", 0) + 1,
            column_number=place.get("columnNumber", 0) + 1,
        )

    def _error(self, error: WebError) -> None:
        self._recorder.add_console(level="error", source="exception", text=str(error.error))

    async def _dialog(self, dialog: Dialog) -> None:
        self._recorder.note(dialog_note(dialog.type, dialog.message))
        await _or_none(dialog.accept() if dialog.type == "beforeunload" else dialog.dismiss())

    def _spawn(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _add_timing(record: ExchangeRecord, timing: Any, wall_origin: float) -> None:
    if timing["startTime"] <= 0:
        return
    began = timing["startTime"] / 1000 - wall_origin
    record.asked_at = began
    record.timing = {
        "requestTime": began or 1e-6,
        "dnsStart": timing["domainLookupStart"],
        "dnsEnd": timing["domainLookupEnd"],
        "connectStart": timing["connectStart"],
        "connectEnd": timing["connectEnd"],
        "sslStart": timing["secureConnectionStart"],
        "sslEnd": timing["connectEnd"] if timing["secureConnectionStart"] > NOT_TIMED else NOT_TIMED,
        "sendStart": timing["requestStart"],
        "sendEnd": timing["requestStart"],
        "receiveHeadersEnd": timing["responseStart"],
    }
    if timing["responseEnd"] > 0:
        record.ended_at = began + timing["responseEnd"] / 1000


async def _or_none(asking: Any) -> Any:
    try:
        return await asking
    except Error:
        return None
