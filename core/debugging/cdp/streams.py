"""Exchanges that go on after their answer: WebSockets with their frames, and EventSources with their messages."""

import re
from collections.abc import Callable

from core.debugging.browsers.policy_proxy import PolicyProxy, true_words
from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.network import NetworkLog
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import failure_reason
from core.debugging.payloads import cut_text
from core.debugging.target_name import target_name
from core.debugging.time_axis import TimeAxis
from core.models import NetworkEventType

MESSAGES_KEPT = 500  # of one connection; later ones are counted only
MESSAGE_BYTES_KEPT = 8_192  # of one message
TEXT_OPCODE = 1  # RFC 6455 §5.2; CDP gives the payload of any other in base64
STREAMS = ("websocket", "eventsource", "media")
"""The types of exchanges that may go on for good, so that no page's load waits for them."""
FLOWING = (
    "Network.dataReceived",
    "Network.eventSourceMessageReceived",
    "Network.webSocketFrameReceived",
    "Network.webSocketFrameSent",
)
"""Events of exchanges that are under way, by which nothing begins and nothing ends."""
_STATUS = re.compile(r"Unexpected response code: (\d{3})")  # Chromium tells of an answer but 101 in words alone
_CODE = re.compile(r"net::ERR_[A-Z0-9_]+")  # of a connection that was not made


class StreamLog:
    """Adds to a `NetworkLog` what CDP tells of connections that stay open."""

    def __init__(self, log: NetworkLog, axis: TimeAxis, guard: PolicyProxy | None) -> None:
        self._log = log
        self._axis = axis
        self._guard = guard
        self._handlers: dict[str, Callable[[CdpSession, Params], None]] = {
            "Network.webSocketCreated": self._socket_created,
            "Network.webSocketWillSendHandshakeRequest": self._handshake_sent,
            "Network.webSocketHandshakeResponseReceived": self._handshake_answered,
            "Network.webSocketFrameSent": lambda _session, params: self._frame("sent", params),
            "Network.webSocketFrameReceived": lambda _session, params: self._frame("received", params),
            "Network.webSocketFrameError": self._socket_failed,
            "Network.webSocketClosed": self._socket_closed,
            "Network.eventSourceMessageReceived": self._message,
        }

    def on_event(self, session: CdpSession, method: str, params: Params) -> None:
        """Take one event of the Network domain; those that are no business of this log are ignored."""
        handler = self._handlers.get(method)
        if handler is not None:
            handler(session, params)

    def _socket_created(self, session: CdpSession, params: Params) -> None:
        # At once, as a connection that is refused or hangs comes to no handshake. No time is told with it; the
        # handshake's own may be late by as much as the page's scripts keep it busy.
        self._log.add(
            ExchangeRecord(
                exchange_id=params["requestId"],
                request_id=params["requestId"],
                session=session,
                url=params["url"],
                method="GET",
                asked_at=self._axis.monotonic(self._axis.now_ms()),
                target=target_name(session),
                resource_type="websocket",
                initiator=params.get("initiator"),
            )
        )

    def _handshake_sent(self, _session: CdpSession, params: Params) -> None:
        if record := self._log.current(params["requestId"]):
            record.asked_at = min(params["timestamp"], record.asked_at)
            record.request_headers = dict(params["request"]["headers"])
            self._log.changed(record)

    def _handshake_answered(self, _session: CdpSession, params: Params) -> None:
        record = self._log.current(params["requestId"])
        if record is None:
            return
        response = params["response"]
        record.response = {"protocol": "http/1.1", **response}
        record.answered_at = params["timestamp"]
        # All that is told: Chromium tells of the handshake as sent when it is answered, and of no connection.
        waited_ms = (record.answered_at - record.asked_at) * 1000
        record.timing = {"requestTime": record.asked_at, "receiveHeadersEnd": waited_ms}
        record.outcome = NetworkEventType.RESPONSE
        record.status_code, record.status_text = response["status"], response.get("statusText")
        record.response_headers = dict(response["headers"])
        if response.get("requestHeaders"):
            record.request_headers = dict(response["requestHeaders"])
        self._log.changed(record)

    def _frame(self, direction: str, params: Params) -> None:
        frame = params["response"]
        is_text = frame["opcode"] == TEXT_OPCODE
        self._keep(
            params,
            {
                "direction": direction,
                "opcode": frame["opcode"],
                "encoding": None if is_text else "base64",
                "payload": frame["payloadData"],
            },
        )

    def _message(self, _session: CdpSession, params: Params) -> None:
        self._keep(
            params,
            {
                "direction": "received",
                "event": params.get("eventName", ""),
                "id": params.get("eventId", ""),
                "payload": params.get("data", ""),
            },
        )

    def _keep(self, params: Params, message: Params) -> None:
        record = self._log.current(params["requestId"])
        if record is None:
            return
        payload = cut_text(message["payload"], MESSAGE_BYTES_KEPT)
        size = payload.size_bytes * 3 // 4 if message.get("encoding") else payload.size_bytes
        record.details["message_count"] = record.details.get("message_count", 0) + 1
        if message["direction"] == "received" and "opcode" in message:  # of a stream of events the data is told as well
            record.encoded_bytes += size
        messages = record.details.setdefault("messages", [])
        if len(messages) < MESSAGES_KEPT:
            offset_ms = self._axis.offset_ms(params["timestamp"])
            kept = {**message, "payload": payload.text, "size_bytes": size, "offset_ms": offset_ms}
            messages.append(kept | ({"is_truncated": True} if payload.is_truncated else {}))
        self._log.changed(record)

    def _socket_failed(self, _session: CdpSession, params: Params) -> None:
        if record := self._log.current(params["requestId"]):
            record.outcome = NetworkEventType.ERROR
            message = true_words(self._guard, record.url, params.get("errorMessage") or "no reason was given")
            code = _CODE.search(message)
            record.error_message = failure_reason(code[0]) if code else f"The WebSocket failed: {message.rstrip('.')}."
            if status := _STATUS.search(message):
                record.status_code = int(status[1])
            self._log.changed(record)

    def _socket_closed(self, _session: CdpSession, params: Params) -> None:
        record = self._log.current(params["requestId"])
        if record is None:
            return
        record.ended_at = params["timestamp"]
        if record.answered_at is None and record.outcome is None:
            record.outcome = NetworkEventType.ERROR
            record.error_message = "The WebSocket was closed before its handshake was answered."
        self._log.changed(record)
