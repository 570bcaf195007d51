"""What is known so far of one exchange, and the two network events that are stored of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.addresses import bracketed
from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.phases import phases_of
from core.debugging.failures import NO_PAGE
from core.debugging.time_axis import TimeAxis
from core.debugging.waterfall import PHASE_NAMES, Phases
from core.models import NetworkEventType

URL_LIMIT = 8_192  # characters of a data: URL; of any other, what browsers and servers bear


@dataclass(slots=True, kw_only=True)
class Payload:
    """The part of a body that is kept."""

    text: str
    encoding: str | None = None
    """None for text, ``base64`` for bytes."""
    is_truncated: bool = False
    sha256: str | None = None
    """Of the whole body, where `text` is only its beginning."""
    size_bytes: int = 0
    """Of the whole body."""


@dataclass(slots=True, kw_only=True)
class ExchangeRecord:
    """Filled by the recorder as the browser tells; nothing of it is shown before `request_values`."""

    exchange_id: str
    request_id: str
    """CDP's, which all hops of a redirect share."""
    session: CdpSession | None
    """Whom to ask for the bodies."""
    url: str
    method: str
    asked_at: float
    """On the browser's monotonic clock, in seconds; so are all the instants here."""
    target: str
    frame_id: str | None = None
    loader_id: str | None = None
    """Of the document that asked, or that it is to bring: then it is the request's own id."""
    left_at: float | None = None
    """When the page, frame or worker that asked went away."""
    resource_type: str | None = None
    initiator: dict[str, Any] | None = None
    priority: str | None = None
    redirected_from: str | None = None
    preflight_for: str | None = None
    request_headers: dict[str, str] = field(default_factory=dict)
    request_payload: Payload | None = None
    timing: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    """CDP ``Network.Response``."""
    response_headers: dict[str, str] | None = None
    status_code: int | None = None
    status_text: str | None = None
    has_wire_response: bool | None = None
    """Whether headers as on the wire belong to this hop; None while the browser has not said."""
    answered_at: float | None = None
    ended_at: float | None = None
    outcome: NetworkEventType | None = None
    """How it ended or, once the headers are there, will if nothing goes wrong."""
    error_message: str | None = None
    from_cache: str | None = None
    encoded_bytes: int = 0
    decoded_bytes: int = 0
    payload: Payload | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def carries(self, payload: Payload) -> None:
        """Take what is kept of the request's body."""
        self.request_payload = payload
        if payload.is_truncated:
            self.details["request_payload"] = {"size_bytes": payload.size_bytes, "sha256": payload.sha256}

    @property
    def is_open(self) -> bool:
        """Whether something may still come."""
        return self.ended_at is None

    @property
    def phases(self) -> Phases:
        return phases_of(self.timing, asked_at=self.asked_at, ended_at=self.ended_at)


def last_shown(records: Iterable[ExchangeRecord]) -> ExchangeRecord | None:
    """The exchange of the document on which the page ended, even an error; a script or a refresh may have led to it."""
    shown = [record for record in records if record.resource_type == "document" and _is_shown(record)]
    return shown[-1] if shown else None


def awaits_document(records: Iterable[ExchangeRecord]) -> bool:
    """Whether the page waits for the answer to its document: until then the browser passes no command on to it."""
    return any(
        record.resource_type == "document" and record.target == "page" and record.is_open and record.answered_at is None
        for record in records
    )


def _is_shown(document: ExchangeRecord) -> bool:
    if document.target != "page" or document.is_open or document.outcome is NetworkEventType.REDIRECT:
        return False
    is_given_up = document.details.get("net_error") == "net::ERR_ABORTED"  # for another, or for a file to save
    return not is_given_up and document.status_code not in NO_PAGE


def request_values(record: ExchangeRecord, axis: TimeAxis) -> dict[str, Any]:
    """The fields of the REQUEST event."""
    started_ms = axis.offset_ms(record.asked_at)
    return {
        **_identity(record, axis),
        "event_type": NetworkEventType.REQUEST,
        "timestamp": axis.moment(started_ms),
        "initiator": record.initiator,
        "request_headers": record.request_headers,
        **_request_payload(record.request_payload),
    }


def end_values(record: ExchangeRecord, axis: TimeAxis) -> dict[str, Any]:
    """The fields of the event that ends the exchange, as far as they are known."""
    at = record.ended_at or record.answered_at or record.asked_at
    phases = record.phases
    known_phases = {name: value for name in PHASE_NAMES if (value := getattr(phases, name)) is not None}
    values = {
        **_identity(record, axis),
        "event_type": record.outcome or NetworkEventType.RESPONSE,
        "timestamp": axis.moment(axis.offset_ms(at)),
        "duration_ms": None if record.ended_at is None else max(0.0, round((at - record.asked_at) * 1000, 3)),
        "status_code": record.status_code,
        "status_text": (record.status_text or "")[:255] or None,
        "response_headers": record.response_headers,
        "error_message": record.error_message,
        "from_cache": record.from_cache,
        "phases": known_phases or None,
        "encoded_bytes": record.encoded_bytes,
        "decoded_bytes": record.decoded_bytes,
        **_response_values(record.response or {}),
        **_response_payload(record.payload),
    }
    if record.details:
        # A copy, since messages are appended to it while an earlier state is on its way to the store.
        values["details"] = {
            name: list(value) if isinstance(value, list) else value for name, value in record.details.items()
        }
    return values


def _identity(record: ExchangeRecord, axis: TimeAxis) -> dict[str, Any]:
    return {
        "exchange_id": record.exchange_id,
        "url": record.url[:URL_LIMIT],
        "method": record.method[:32],
        "resource_type": record.resource_type,
        "priority": record.priority,
        "redirected_from": record.redirected_from,
        "preflight_for": record.preflight_for,
        "target": record.target,
        "started_ms": axis.offset_ms(record.asked_at),
    }


def _request_payload(payload: Payload | None) -> dict[str, Any]:
    if payload is None:
        return {}
    return {"request_payload": payload.text, "request_payload_encoding": payload.encoding}


def _response_payload(payload: Payload | None) -> dict[str, Any]:
    if payload is None:
        return {}
    return {
        "response_payload": payload.text,
        "response_payload_encoding": payload.encoding,
        "is_response_payload_truncated": payload.is_truncated,
        "response_payload_sha256": payload.sha256,
    }


def _response_values(response: dict[str, Any]) -> dict[str, Any]:
    if not response:
        return {}
    connection = response.get("connectionId")
    return {
        "mime_type": (response.get("mimeType") or "")[:255] or None,
        "protocol": (response.get("protocol") or "")[:32] or None,
        "remote_address": _address(response),
        "connection_id": str(int(connection)) if connection else None,
        "is_connection_reused": response.get("connectionReused") if connection else None,
    }


def _address(response: dict[str, Any]) -> str | None:
    host = response.get("remoteIPAddress")
    return f"{bracketed(host)}:{response.get('remotePort', 0)}" if host else None
