"""Turns one entry of a HAR file into the network events of its exchange. Pure."""

import base64
import binascii
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urljoin

from core.debugging.exchange_record import URL_LIMIT, Payload
from core.debugging.failures import FAILED, UNFINISHED
from core.debugging.har import dialects
from core.debugging.har.model import HarEntry, HarPair, number
from core.debugging.payloads import payload_of_bytes, payload_of_text, size_of_base64
from core.models import Interruption, NetworkEventType
from core.schemas.network_event import NetworkEventCreate

LARGEST_BODY = 10 * 1024 * 1024  # bytes
LARGEST_MESSAGE = 64 * 1024  # characters


class ExchangeIds:
    """Assigns unique exchange ids, and links redirects, in the file of one *program*."""

    def __init__(self, program: str) -> None:
        self.program = program.lower()
        self._used: set[str] = set()
        self._redirects: dict[str, str] = {}

    def exchange_id(self, number: int, entry: HarEntry) -> str:
        """Return the entry's own id if it is unused, else an id with its *number*, which counts from 0."""
        own = entry.exchange_id[:64]
        exchange_id = own if own and own not in self._used else f"har-{number + 1}"
        self._used.add(exchange_id)
        return exchange_id

    def redirect(self, exchange_id: str, target: str) -> None:
        """Note that the exchange redirects to *target*."""
        self._redirects[target] = exchange_id

    def redirected_from(self, entry: HarEntry) -> str | None:
        """Return the id of the exchange that redirected to *entry*."""
        redirect = self._redirects.pop(entry.request.url, None)
        return entry.redirected_from[:64] or redirect


def events_of(entry: HarEntry, started_at: datetime, exchange_id: str, ids: ExchangeIds) -> list[NetworkEventCreate]:
    """Return the request event and the end event; only the request if the exchange was open."""
    entry = dialects.by_standard(entry, ids.program)
    outcome = _outcome(entry)
    identity = _identity(entry, started_at, exchange_id) | {"redirected_from": ids.redirected_from(entry)}
    if outcome is NetworkEventType.REDIRECT:
        ids.redirect(exchange_id, _target(entry))
    request = identity | {
        "event_type": NetworkEventType.REQUEST,
        "timestamp": entry.started_at,
        "initiator": entry.initiator or None,
        "request_headers": _headers(entry.request.headers),
        **_request_payload(entry),
    }
    if outcome is NetworkEventType.REQUEST:
        return [NetworkEventCreate.model_construct(**_whole(request))]
    return [
        NetworkEventCreate.model_construct(**_whole(values))
        for values in (request, _end(entry, outcome, identity, ids.program))
    ]


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    return dict.fromkeys(NetworkEventCreate.model_fields) | {"debug_session_id": 0} | values


def _identity(entry: HarEntry, started_at: datetime, exchange_id: str) -> dict[str, Any]:
    return {
        "exchange_id": exchange_id,
        "url": entry.request.url[:URL_LIMIT],
        "method": entry.request.method,
        "resource_type": _resource_type(entry),
        "priority": entry.priority[:16] or None,
        "preflight_for": entry.preflight_for[:64] or None,
        "target": entry.target[:32] or None,
        "started_ms": (entry.started_at - started_at) / timedelta(milliseconds=1),
    }


def _end(entry: HarEntry, outcome: NetworkEventType, identity: dict[str, Any], program: str) -> dict[str, Any]:
    response, phases = entry.response, _phases(entry)
    known = (entry.duration, entry.time, sum(phases.values()))
    duration_ms = next(value for value in known if value is not None)
    return identity | {
        "event_type": outcome,
        "timestamp": entry.started_at + timedelta(milliseconds=min(duration_ms, _A_YEAR_MS)),
        "duration_ms": duration_ms,
        "status_code": int(response.status) if response.status and response.status < 1_000 else None,
        "status_text": response.status_text[:255] or None,
        "error_message": _error_message(entry, outcome),
        "interruption": next(
            (interruption for interruption in Interruption if interruption == entry.interruption), None
        ),
        "response_headers": _headers(response.headers),
        "mime_type": response.content.mime_type[:255] or None,
        "protocol": (response.http_version or entry.request.http_version)[:32].lower() or None,
        "remote_address": dialects.remote_address(entry, program),
        "connection_id": dialects.connection_id(entry, program),
        "is_connection_reused": entry.is_connection_reused,
        "from_cache": dialects.from_cache(entry),
        "phases": phases or None,
        "encoded_bytes": dialects.transferred_bytes(entry, program),
        "decoded_bytes": None if response.content.size is None else int(response.content.size),
        "details": _details(entry, identity["started_ms"]),
        **_response_payload(entry),
    }


def _error_message(entry: HarEntry, outcome: NetworkEventType) -> str | None:
    if outcome in FAILED:
        return dialects.failure(entry) or entry.response.error or None
    return UNFINISHED if entry.interruption == Interruption.SESSION_END else None


_A_YEAR_MS = 365 * 86_400_000.0
_LAST_SECOND = 1e11  # of seconds since 1970, in the year 5138; as ms it is in 1973


def _outcome(entry: HarEntry) -> NetworkEventType:
    if entry.outcome in NetworkEventType.__members__:
        return NetworkEventType[entry.outcome]
    if reason := dialects.failure(entry):
        return NetworkEventType.TIMEOUT if "TIMED_OUT" in reason.upper() else NetworkEventType.ERROR
    is_redirect = 300 <= (entry.response.status or 0) < 400 and bool(_target(entry))
    return NetworkEventType.REDIRECT if is_redirect else NetworkEventType.RESPONSE


def _target(entry: HarEntry) -> str:
    """Return the absolute URL that a redirect leads to; "" if it has none."""
    named = (pair.value for pair in entry.response.headers if pair.name.lower() == "location")
    location = entry.response.redirect_url or next(named, "")
    try:
        return urljoin(entry.request.url, location) if location else ""
    except ValueError:
        return location


# Chrome writes the resource type. Firefox, Safari and proxies do not, so it is derived from the MIME type.
_TYPES = (
    ("text/html", "document"),
    ("text/css", "stylesheet"),
    ("javascript", "script"),
    ("image/", "image"),
    ("font", "font"),
    ("audio/", "media"),
    ("video/", "media"),
    ("json", "fetch"),
)


def _resource_type(entry: HarEntry) -> str | None:
    if entry.resource_type:
        return entry.resource_type[:32].lower()
    if entry.request.url.lower().startswith(("ws:", "wss:")):
        return "websocket"
    kind = entry.response.content.mime_type.lower()
    return next((name for part, name in _TYPES if part in kind), None)


def _phases(entry: HarEntry) -> dict[str, float]:
    """Return our phases for HAR's: ``blocked`` is queued and stalled together, ``connect`` includes ``ssl``."""
    timings = entry.timings
    blocked, ssl = timings.blocked, timings.ssl
    queued = None if timings.queued is None else min(timings.queued, blocked or timings.queued)
    phases = {
        "queued_ms": queued,
        "stalled_ms": None if blocked is None or blocked == queued else blocked - (queued or 0.0),
        "dns_ms": timings.dns,
        "connect_ms": None if timings.connect is None else max(timings.connect - (ssl or 0.0), 0.0),
        "tls_ms": ssl,
        "sent_ms": timings.send,
        "waiting_ms": timings.wait,
        "download_ms": timings.receive,
    }
    return {name: value for name, value in phases.items() if value is not None}


def _headers(pairs: list[HarPair]) -> dict[str, str] | None:
    joined: dict[str, list[str]] = {}
    for pair in pairs:
        joined.setdefault(pair.name, []).append(pair.value)
    return {name: "\n".join(values) for name, values in joined.items()} or None


def _request_payload(entry: HarEntry) -> dict[str, Any]:
    data = entry.request.post_data
    text = data.text or urlencode([(pair.name, pair.value) for pair in data.params])
    if not text:
        return {}
    payload = _payload(text, data.encoding)
    return {"request_payload": payload.text, "request_payload_encoding": payload.encoding}


def _response_payload(entry: HarEntry) -> dict[str, Any]:
    content = entry.response.content
    if content.text is None:
        return {}
    payload = _payload(content.text, content.encoding)
    return {
        "response_payload": payload.text,
        "response_payload_encoding": payload.encoding,
        "is_response_payload_truncated": payload.is_truncated or content.is_truncated,
        "response_payload_sha256": payload.sha256 or content.sha256[:64] or None,
    }


def _payload(text: str, encoding: str) -> Payload:
    if encoding == "base64":
        try:
            return payload_of_bytes(base64.b64decode(text, validate=True), LARGEST_BODY)
        except (binascii.Error, ValueError):  # not base64 in spite of its encoding, so kept as text
            pass
    return payload_of_text(text, LARGEST_BODY)


def _details(entry: HarEntry, started_ms: float) -> dict[str, Any] | None:
    start = entry.started_at.timestamp()
    sent = [_message(message, start, started_ms) for message in (*entry.socket_messages, *entry.stream_messages)]
    if not sent:
        return entry.details or None
    known = entry.details.get("message_count")  # in files of Watchwright: includes messages that were not stored
    count = max(known, len(sent)) if isinstance(known, int) and known < 2**53 else len(sent)
    return entry.details | {"messages": sent, "message_count": count}


def _message(message: dict[str, Any], start: float, started_ms: float) -> dict[str, Any]:
    """Convert a WebSocket frame or event stream message.

    Its ``time`` is in seconds since 1970; Playwright writes ms.
    """
    at = number(message.get("time")) or start
    offset_ms = started_ms + ((at / 1000 if at > _LAST_SECOND else at) - start) * 1000
    payload = str(message.get("data", ""))[:LARGEST_MESSAGE].replace("\0", "\ufffd").encode("utf-8", "replace").decode()
    opcode = message.get("opcode", 1)
    is_base64 = opcode != 1 and "eventName" not in message
    shared = {
        "direction": "sent" if message.get("type") == "send" else "received",
        "payload": payload,
        "size_bytes": size_of_base64(payload) if is_base64 else len(payload.encode()),
        "offset_ms": offset_ms,
    }
    if "eventName" in message:
        return shared | {"event": str(message["eventName"])[:255], "id": str(message.get("eventId", ""))[:255]}
    return shared | {"opcode": opcode if isinstance(opcode, int) else 1, "encoding": "base64" if is_base64 else None}
