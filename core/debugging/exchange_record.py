"""Holds the facts about one exchange while it is recorded, and turns them into its two stored network events."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from core.addresses import bracketed
from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.phases import phases_of
from core.debugging.failures import ABORTED, NO_PAGE, is_failed
from core.debugging.headers import header_value
from core.debugging.time_axis import TimeAxis
from core.debugging.waterfall import PHASE_NAMES, Phases
from core.models import Interruption, NetworkEventType

LONGEST_NUMBER = 15  # digits; a longer Content-Length is not plausible
URL_LIMIT = 32_768  # characters; servers accept no longer ones
DATA_URL_LIMIT = 8_192  # characters of a data: URL, which contains its whole file


@dataclass(slots=True, kw_only=True)
class Payload:
    """The stored part of a body."""

    text: str
    encoding: str | None = None
    """None for text, ``base64`` for bytes."""
    is_truncated: bool = False
    sha256: str | None = None
    """Hash of the whole body, set only when `text` is truncated."""
    size_bytes: int = 0
    """Size of the whole body."""


@dataclass(slots=True, kw_only=True)
class ExchangeRecord:
    """One exchange; the recorder fills it while the browser's events arrive."""

    exchange_id: str
    request_id: str
    """CDP's request id, which all hops of a redirect share."""
    session: CdpSession | None
    """The CDP session to fetch the bodies from."""
    url: str
    method: str
    asked_at: float
    """In seconds on the browser's monotonic clock, like all instants of this class."""
    target: str
    frame_id: str | None = None
    loader_id: str | None = None
    """The document that sent the request; for the request that loads a document, equal to `request_id`."""
    left_at: float | None = None
    """When the page, frame or worker that sent the request went away."""
    resource_type: str | None = None
    initiator: dict[str, Any] | None = None
    priority: str | None = None
    redirected_from: str | None = None
    preflight_for: str | None = None
    request_headers: dict[str, str] = field(default_factory=dict)
    request_payload: Payload | None = None
    request_bytes: int | None = None
    """Size of the request's body as far as the browser reported it; stays when `request_payload` is freed."""
    timing: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    """CDP ``Network.Response``."""
    response_headers: dict[str, str] | None = None
    status_code: int | None = None
    status_text: str | None = None
    has_wire_response: bool | None = None
    """Whether the browser reports this hop's raw response headers; None while that is unknown."""
    answered_at: float | None = None
    ended_at: float | None = None
    outcome: NetworkEventType | None = None
    """How the exchange ended; after the headers and before the end, how it will end if nothing fails."""
    error_message: str | None = None
    interruption: Interruption | None = None
    from_cache: str | None = None
    encoded_bytes: int = 0
    decoded_bytes: int = 0
    is_size_unknown: bool = False
    """Whether there was a body of which the browser reported no data."""
    payload: Payload | None = None
    details: dict[str, Any] = field(default_factory=dict)

    def set_request_payload(self, payload: Payload) -> None:
        """Set the request's body, and note its size and hash if it is truncated."""
        self.request_payload, self.request_bytes = payload, payload.size_bytes
        if payload.is_truncated:
            self.details["request_payload"] = {"size_bytes": payload.size_bytes, "sha256": payload.sha256}

    @property
    def is_open(self) -> bool:
        """Whether the exchange has not ended."""
        return self.ended_at is None

    @property
    def is_failed(self) -> bool:
        return is_failed(self.outcome, self.status_code, url=self.url, resource_type=self.resource_type)

    @property
    def phases(self) -> Phases:
        return phases_of(self.timing, asked_at=self.asked_at, ended_at=self.ended_at)


def last_shown(records: Iterable[ExchangeRecord]) -> ExchangeRecord | None:
    """Return the document that the page shows last, even an error page, after navigations by scripts and refreshes."""
    shown = [record for record in records if record.resource_type == "document" and _is_shown(record)]
    return shown[-1] if shown else None


def awaits_document(records: Iterable[ExchangeRecord]) -> bool:
    """Whether the page waits for a response to its document; until then the browser forwards no commands to it."""
    return any(
        record.resource_type == "document" and record.target == "page" and record.is_open and record.answered_at is None
        for record in records
    )


def _is_shown(document: ExchangeRecord) -> bool:
    if document.target != "page" or document.is_open or document.outcome is NetworkEventType.REDIRECT:
        return False
    # Aborted in favour of another document, or because the response is a download.
    is_aborted = document.details.get("net_error") == ABORTED
    return not is_aborted and document.status_code not in NO_PAGE


def request_values(record: ExchangeRecord, axis: TimeAxis) -> dict[str, Any]:
    """Return the fields of the REQUEST event."""
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
    """Return the fields of the event that ends the exchange, as far as they are known."""
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
        "interruption": record.interruption,
        "from_cache": record.from_cache,
        "phases": known_phases or None,
        "encoded_bytes": record.encoded_bytes,
        "decoded_bytes": None if record.is_size_unknown else record.decoded_bytes,
        **_response_values(record.response or {}),
        **_response_payload(record.payload),
    }
    if details := _unreported_files(record) | record.details:
        # Copied, because messages are appended to `details` while an earlier state is being stored.
        values["details"] = {name: list(value) if isinstance(value, list) else value for name, value in details.items()}
    return values


def _unreported_files(record: ExchangeRecord) -> dict[str, Any]:
    """Return the size of a request body of which the browser reports only a part: it reports no files of a form."""
    length = header_value(record.request_headers, "content-length")
    if record.request_bytes is None or not length.isdecimal() or len(length) > LONGEST_NUMBER:
        return {}
    if int(length) <= record.request_bytes:
        return {}
    return {"request_payload": {"size_bytes": int(length)}}


def _identity(record: ExchangeRecord, axis: TimeAxis) -> dict[str, Any]:
    return {
        "exchange_id": record.exchange_id,
        "url": record.url[: DATA_URL_LIMIT if record.url.startswith("data:") else URL_LIMIT],
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
