"""Records the messages of connections that stay open: WebSockets and EventSources."""

import re
from collections.abc import Callable

from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.network import NetworkLog
from core.debugging.cdp.request_kind import target_name
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import failure_reason
from core.debugging.payloads import cut_text, size_of_base64
from core.debugging.time_axis import TimeAxis
from core.models import NetworkEventType

MESSAGES_KEPT = 500  # per connection; later messages are only counted
MESSAGE_BYTES_KEPT = 8_192  # per message
TEXT_OPCODE = 1  # RFC 6455 §5.2; CDP encodes the payload of other opcodes in base64
STREAMS = ("websocket", "eventsource", "media")
"""Resource types that may stay open forever, so that idleness does not wait for them."""
FLOWING = (
    "Network.dataReceived",
    "Network.eventSourceMessageReceived",
    "Network.webSocketFrameReceived",
    "Network.webSocketFrameSent",
)
"""Events of open exchanges that neither begin nor end one."""
_STATUS = re.compile(r"Unexpected response code: (\d{3})")  # Chromium gives a status other than 101 only in a message
_CODE = re.compile(r"net::ERR_[A-Z0-9_]+")  # the error of a failed connection


class StreamLog:
    """Adds WebSockets, and the messages of WebSockets and EventSources, to a `NetworkLog`."""

    def __init__(self, log: NetworkLog, axis: TimeAxis, facts: ConnectionFacts) -> None:
        self._log = log
        self._axis = axis
        self._facts = facts
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
        """Handle one event of the Network domain; ignores events that this log does not need."""
        handler = self._handlers.get(method)
        if handler is not None:
            handler(session, params)

    def _socket_created(self, session: CdpSession, params: Params) -> None:
        # Added immediately, because a connection that is refused or hangs sends no handshake. The event has no time,
        # and the handshake's time may be late if the page's scripts are busy.
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
        # The only known phase: Chromium reports the handshake as sent when it is answered, and no connection times.
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
        size = size_of_base64(message["payload"]) if message.get("encoding") else payload.size_bytes
        record.details["message_count"] = record.details.get("message_count", 0) + 1
        if message["direction"] == "received" and "opcode" in message:  # event streams also have data events
            record.encoded_bytes += size
        messages = record.details.setdefault("messages", [])
        if len(messages) < MESSAGES_KEPT:
            offset_ms = self._axis.offset_ms(params["timestamp"])
            kept = {**message, "payload": payload.text, "size_bytes": size, "offset_ms": offset_ms}
            messages.append(kept | ({"is_truncated": True} if payload.is_truncated else {}))
        self._log.changed(record)

    def _socket_failed(self, _session: CdpSession, params: Params) -> None:
        if record := self._log.current(params["requestId"]):
            fail_socket(record, self._facts.true_message(record.url, params.get("errorMessage") or ""))
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


def fail_socket(record: ExchangeRecord, message: str) -> None:
    """Note that a WebSocket failed with the browser's *message*, which may be empty."""
    message = message or "no reason was given"
    code = _CODE.search(message)
    record.outcome = NetworkEventType.ERROR
    record.error_message = failure_reason(code[0]) if code else f"The WebSocket failed: {message.rstrip('.')}."
    if status := _STATUS.search(message):
        record.status_code = int(status[1])
