"""Turns the events of CDP's Network domain into exchange records: one per request and per redirect hop."""

import base64
from collections.abc import Callable

from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.cdp.connection import CdpSession, Params
from core.debugging.cdp.request_kind import is_no_request, is_of_viewer, resource_type_of, target_name
from core.debugging.cdp.response_details import (
    PARTLY_READ_REASON,
    bytes_so_far,
    bytes_with_body,
    is_bodiless,
    is_partly_read,
    not_event_stream_reason,
    take_response,
)
from core.debugging.cdp.wire_headers import WireHeaders
from core.debugging.exchange_record import ExchangeRecord
from core.debugging.failures import SCRIPTS_OFF, failure_reason, failure_type
from core.debugging.payloads import payload_of_bytes, payload_of_text
from core.debugging.time_axis import TimeAxis
from core.models import NetworkEventType
from core.schemas.session_options import SessionOptions

LOCAL_SCHEMES = ("data:", "blob:")
NOT_FOLLOWED = "This request was not sent, because a script did not follow the redirect."
OWN_SCHEMES = ("chrome:", "devtools:", "chrome-extension:", "chrome-error:")  # requests of the browser itself


class NetworkLog:
    """Collects the exchanges of one session."""

    def __init__(
        self,
        axis: TimeAxis,
        *,
        options: SessionOptions,
        admit: Callable[[ExchangeRecord], bool],
        on_change: Callable[[ExchangeRecord], None],
        on_data: Callable[[ExchangeRecord, str], None],
        on_finished: Callable[[ExchangeRecord], None],
        facts: ConnectionFacts,
    ) -> None:
        """Args:
        admit: Decides whether another record may be kept, and counts it either way.
        on_change: Called with each record that is new or has changed.
        on_data: Called with each part of a body: base64 if the body is streamed, else "".
        on_finished: Called with each record that is complete or has failed, so that its bodies can be fetched.
        """
        self._facts = facts
        self._axis = axis
        self._options = options
        self._limit = options.payload_limit_bytes
        self._admit = admit
        self._on_change, self._on_data, self._on_finished = on_change, on_data, on_finished
        self.hops: dict[str, list[ExchangeRecord]] = {}
        """CDP's request id → the hops of a redirect in order."""
        self._skipped: set[str] = set()
        self._viewers: set[str] = set()
        self._wire = WireHeaders()
        self._handlers: dict[str, Callable[[CdpSession, Params], None]] = {
            "Network.requestWillBeSent": self._request,
            "Network.requestWillBeSentExtraInfo": self._request_on_wire,
            "Network.requestServedFromCache": self._from_memory,
            "Network.resourceChangedPriority": self._priority,
            "Network.responseReceived": self._response,
            "Network.responseReceivedExtraInfo": self._response_on_wire,
            "Network.dataReceived": self._data,
            "Network.loadingFinished": self._finished,
            "Network.loadingFailed": self._failed,
        }

    def on_event(self, session: CdpSession, method: str, params: Params) -> None:
        """Handle one event of the Network domain; ignores events that this log does not need."""
        handler = self._handlers.get(method)
        if handler is not None:
            handler(session, params)

    def open_records(self) -> list[ExchangeRecord]:
        """Return the exchanges that have not ended."""
        return [record for hops in self.hops.values() for record in hops if record.is_open]

    def current(self, request_id: str) -> ExchangeRecord | None:
        """Return the latest hop of a request; None if the request is not recorded."""
        hops = self.hops.get(request_id)
        return hops[-1] if hops else None

    def _request(self, session: CdpSession, params: Params) -> None:
        request_id, request = params["requestId"], params["request"]
        previous = self.current(request_id)
        if "redirectResponse" in params and previous is not None:
            self._redirected(previous, params)
        elif previous is not None:
            return  # both the page and the worker report a worker's script
        if is_of_viewer(params):
            self._viewers.add(session.id)
        if previous is None and (session.id in self._viewers or is_no_request(params)):
            self._skipped.add(request_id)
        if self._is_ignored(request_id, request["url"]):
            return
        self._axis.correct_wall(monotonic=params["timestamp"], wall=params["wallTime"])
        record = ExchangeRecord(
            exchange_id=_exchange_id(request_id, len(self.hops.get(request_id, ()))),
            request_id=request_id,
            session=session,
            url=request["url"] + request.get("urlFragment", ""),
            method=request["method"],
            asked_at=params["timestamp"],
            target=target_name(session, params),
            frame_id=params.get("frameId"),
            loader_id=params.get("loaderId"),
            resource_type=resource_type_of(session, params),
            initiator=params.get("initiator"),
            priority=request.get("initialPriority"),
            redirected_from=previous.exchange_id if previous else None,
            preflight_for=self._preflight_for(params),
            request_headers=dict(request.get("headers") or {}),
        )
        self._add_payload(record, request)
        self.add(record)

    def add(self, record: ExchangeRecord) -> None:
        """Add a new record, unless the session's limit is reached."""
        if not self._admit(record):
            self._skipped.add(record.request_id)
            return
        self.hops.setdefault(record.request_id, []).append(record)
        self._wire.apply(self.hops[record.request_id])
        self._on_change(record)

    def _add_payload(self, record: ExchangeRecord, request: Params) -> None:
        entries = [entry["bytes"] for entry in request.get("postDataEntries", ()) if "bytes" in entry]
        if entries:
            record.set_request_payload(payload_of_bytes(b"".join(map(base64.b64decode, entries)), self._limit))
        elif request.get("postData"):
            record.set_request_payload(payload_of_text(request["postData"], self._limit))
        elif request.get("hasPostData"):
            record.details["has_request_payload"] = True  # too long for the event; `BodyFetcher` fetches it later

    def _redirected(self, hop: ExchangeRecord, params: Params) -> None:
        hop.has_wire_response = params.get("redirectHasExtraInfo")
        self._answered(hop, params["redirectResponse"], at=params["timestamp"])
        hop.outcome = NetworkEventType.REDIRECT
        hop.ended_at = params["timestamp"]
        hop.encoded_bytes = int(params["redirectResponse"].get("encodedDataLength") or 0)
        self.changed(hop)

    def _response(self, session: CdpSession, params: Params) -> None:
        record = self.current(params["requestId"]) or self._unannounced(session, params)
        if record is None:
            return
        record.has_wire_response = params.get("hasExtraInfo")
        record.resource_type = record.resource_type or str(params.get("type", "other")).lower()
        record.session = session  # the parent sends a cross-process frame's request; the frame gets the response
        self._answered(record, params["response"], at=params["timestamp"])
        self.changed(record)

    def _unannounced(self, session: CdpSession, params: Params) -> ExchangeRecord | None:
        # The browser fetches a service worker's script before the worker exists and could report the request.
        response = params["response"]
        if self._is_ignored(params["requestId"], response["url"]):
            return None
        record = ExchangeRecord(
            exchange_id=_exchange_id(params["requestId"], 0),
            request_id=params["requestId"],
            session=session,
            url=response["url"],
            method="GET",
            asked_at=self._began(response, params["timestamp"]),
            target=target_name(session),
            request_headers=dict(response.get("requestHeaders") or {}),
        )
        self.add(record)
        return self.current(params["requestId"])

    def _began(self, response: Params, at: float) -> float:
        """Return when the request of an unannounced response began, or, if that is unknown, when its response did."""
        if began := (response.get("timing") or {}).get("requestTime"):
            return float(began)
        if response.get("fromDiskCache") or not response.get("responseTime"):
            return at
        offset_ms = self._axis.wall_offset_ms(response["responseTime"] / 1000)
        return min(self._axis.monotonic(max(offset_ms, 0.0)), at)

    def _answered(self, record: ExchangeRecord, response: Params, *, at: float) -> None:
        take_response(record, self._facts.true_response(record.url, response), at=at)

    def _from_memory(self, _session: CdpSession, params: Params) -> None:
        if record := self.current(params["requestId"]):
            record.from_cache = "memory"
            record.has_wire_response = False
            self.changed(record)

    def _priority(self, _session: CdpSession, params: Params) -> None:
        if record := self.current(params["requestId"]):
            record.priority = params["newPriority"]
            self._on_change(record)

    def _request_on_wire(self, _session: CdpSession, params: Params) -> None:
        if params["requestId"] not in self._skipped:
            self._wire.add_request(params)
            self._apply_wire(params["requestId"])

    def _response_on_wire(self, _session: CdpSession, params: Params) -> None:
        if params["requestId"] not in self._skipped:
            self._wire.add_response(params)
            self._apply_wire(params["requestId"])

    def _apply_wire(self, request_id: str) -> None:
        for record in self._wire.apply(self.hops.get(request_id, [])):
            self._on_change(record)

    def _data(self, _session: CdpSession, params: Params) -> None:
        record = self.current(params["requestId"])
        if record is not None and record.is_open:  # ignores the browser's own error page after a failure
            record.decoded_bytes += int(params.get("dataLength") or 0)
            record.encoded_bytes += int(params.get("encodedDataLength") or 0)
            self._on_data(record, params.get("data") or "")

    def _finished(self, session: CdpSession, params: Params) -> None:
        record = self.current(params["requestId"])
        if record is None or not record.is_open:
            return
        record.ended_at = max(params["timestamp"], record.answered_at or 0.0)
        record.session = session
        total = int(params.get("encodedDataLength") or 0)  # 0 for a preflight
        record.encoded_bytes = total if record.from_cache else max(total, record.encoded_bytes, bytes_with_body(record))
        record.outcome = record.outcome or NetworkEventType.RESPONSE
        self._on_change(record)
        self._on_finished(record)

    def _failed(self, session: CdpSession, params: Params) -> None:
        record = self.current(params["requestId"])
        if record is None or not record.is_open:
            return
        record.encoded_bytes = bytes_so_far(record)
        is_refused = params.get("blockedReason") or params.get("corsErrorStatus")
        if params.get("canceled") and not is_refused and (is_bodiless(record) or is_partly_read(record)):
            # No failure: the page has the response and the part of its body that it wanted.
            if not is_bodiless(record):
                record.details["body_missing"] = PARTLY_READ_REASON
            record.ended_at = max(params["timestamp"], record.answered_at or 0.0)
            self._on_finished(record)
        elif params.get("canceled") and self._wire.is_not_followed(
            self.hops[record.request_id], canceled_at=params["timestamp"]
        ):
            record.ended_at, record.outcome = params["timestamp"], NetworkEventType.RESPONSE
            record.error_message = NOT_FOLLOWED
        else:
            self._lost(record, params)
            self._on_finished(record)
        self._on_change(record)

    def _lost(self, record: ExchangeRecord, params: Params) -> None:
        text = self._facts.true_error(record.url, params.get("errorText", ""))
        record.ended_at = params["timestamp"]
        record.outcome = failure_type(text)
        self._wire.apply(self.hops[record.request_id])  # sets the status of a response that the page did not get
        record.error_message = not_event_stream_reason(record) or failure_reason(
            text,
            status=record.status_code,
            blocked_reason=self._blocked_reason(record, params),
            cors_error=params.get("corsErrorStatus"),
            headers=record.response_headers,
        )
        record.details |= {_SNAKE[name]: params[name] for name in _SNAKE if params.get(name)}
        record.details["net_error"] = text

    def _blocked_reason(self, record: ExchangeRecord, params: Params) -> str | None:
        reason: str | None = params.get("blockedReason")
        # With scripts disabled, Chromium reports a blocked script as if a CSP had forbidden it.
        is_off = reason == "csp" and record.resource_type == "script" and not self._options.is_javascript_enabled
        return SCRIPTS_OFF if is_off else reason

    def changed(self, record: ExchangeRecord) -> None:
        """Note that *record* has changed, and assign raw headers that can be matched to a hop now."""
        self._wire.apply(self.hops[record.request_id])
        self._on_change(record)

    def _is_ignored(self, request_id: str, url: str) -> bool:
        is_local = url.startswith(LOCAL_SCHEMES) and not self._options.captures_data_urls
        if is_local or url.startswith(OWN_SCHEMES):
            self._skipped.add(request_id)
        return request_id in self._skipped

    def _preflight_for(self, params: Params) -> str | None:
        initiator = params.get("initiator") or {}
        if initiator.get("type") != "preflight" or "requestId" not in initiator:
            return None
        asked = self.current(initiator["requestId"])
        return asked.exchange_id if asked else _exchange_id(initiator["requestId"], 0)


_SNAKE = {"blockedReason": "blocked_reason", "corsErrorStatus": "cors_error", "canceled": "is_canceled"}


def _exchange_id(request_id: str, hop: int) -> str:
    return request_id if hop == 0 else f"{request_id}-{hop}"
