"""Turns one exchange of a debug session into an entry of a HAR file, with the extensions of Chrome DevTools. Pure."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from core.addresses import split_remote
from core.debugging.failures import FAILED
from core.debugging.headers import header_lines, header_value
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import Exchange, Phases
from core.models import DebugSession, NetworkEvent

PAGE_ID = "page_1"
UNKNOWN = -1  # HAR 1.2: "not applicable" for times and sizes


def har_entry(session: DebugSession, exchange: Exchange, events: list[NetworkEvent]) -> dict[str, Any]:
    """Return the entry of *exchange*, which was folded from *events*."""
    timings = _timings(exchange)
    started_at = session.started_at + timedelta(milliseconds=exchange.started_ms)
    entry: dict[str, Any] = {
        "pageref": PAGE_ID,
        "startedDateTime": instant(started_at),
        "time": sum(max(value, 0.0) for name, value in timings.items() if name in _COUNTED),
        "request": _request(exchange, events),
        "response": _response(exchange, events),
        "cache": {},
        "timings": timings,
    }
    address, port = split_remote(exchange.remote_address or "")
    details = _details(events)
    extras = {
        "serverIPAddress": address or None,
        "connection": port or None,  # as Chrome DevTools writes and reads it
        "_connectionId": exchange.connection_id,
        "_initiator": exchange.initiator,
        "_priority": exchange.priority,
        "_resourceType": exchange.resource_type,
        "_fromCache": exchange.from_cache,
        "_webSocketMessages": _frames(details, started_at, exchange) if exchange.resource_type == "websocket" else None,
        "_eventSourceMessages": _stream(details, session) if exchange.resource_type == "eventsource" else None,
        "_exchangeId": exchange.exchange_id,
        "_outcome": exchange.outcome,
        "_interruption": exchange.interruption,
        "_duration": exchange.duration_ms,
        "_redirectedFrom": exchange.redirected_from,
        "_preflightFor": exchange.preflight_for,
        "_remoteAddress": exchange.remote_address,
        "_connectionReused": exchange.is_connection_reused,
        "_target": exchange.target,
        "_details": {name: value for name, value in details.items() if name != "messages"} or None,
    }
    return entry | {name: value for name, value in extras.items() if value is not None}


_COUNTED = ("blocked", "dns", "connect", "send", "wait", "receive")  # `connect` includes `ssl`


def _timings(exchange: Exchange) -> dict[str, float]:
    """Return HAR's phases: ``blocked`` is queued and stalled together, ``connect`` includes ``ssl``."""
    phases = exchange.phases
    return {
        "blocked": _sum(phases.queued_ms, phases.stalled_ms),
        "dns": _or_unknown(phases.dns_ms),
        "connect": _sum(phases.connect_ms, phases.tls_ms),
        "ssl": _or_unknown(phases.tls_ms),
        "send": phases.sent_ms or 0.0,
        "wait": phases.waiting_ms if phases.waiting_ms is not None else _whole(exchange, phases),
        "receive": phases.download_ms or 0.0,
        "_blocked_queueing": _or_unknown(phases.queued_ms),
    }


def _whole(exchange: Exchange, phases: Phases) -> float:
    """Return the time that no phase covers; it goes to ``wait``, so that the sum stays correct."""
    return max((exchange.duration_ms or 0.0) - phases.total_ms, 0.0)


def _sum(*values: float | None) -> float:
    known = [value for value in values if value is not None]
    return sum(known) if known else UNKNOWN


def _or_unknown(value: float | None) -> float:
    return UNKNOWN if value is None else value


def _request(exchange: Exchange, events: list[NetworkEvent]) -> dict[str, Any]:
    headers, payload = _first(events, "request_headers"), _first(events, "request_payload")
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": exchange.protocol or "",
        "headers": _pairs(header_lines(headers)),
        "queryString": _pairs(parse_qsl(split_recorded(exchange.url).query, keep_blank_values=True)),
        "cookies": _request_cookies(headers),
        "headersSize": UNKNOWN,
        "bodySize": _body_bytes(events, payload),
    }
    if payload:
        encoding = _first(events, "request_payload_encoding")
        request["postData"] = _post_data(payload, header_value(headers, "content-type"), encoding)
    return request


def _body_bytes(events: list[NetworkEvent], payload: str | None) -> int:
    """Return the size of the full request body, even if only its beginning is stored."""
    if whole := _details(events).get("request_payload"):
        return int(whole.get("size_bytes") or 0)
    if not payload:
        return 0
    is_base64 = _first(events, "request_payload_encoding") == "base64"
    return len(payload.rstrip("=")) * 3 // 4 if is_base64 else len(payload.encode())


def _post_data(payload: str, kind: str, encoding: str | None) -> dict[str, Any]:
    data: dict[str, Any] = {"mimeType": kind, "text": payload}
    if encoding:
        data["_encoding"] = encoding  # HAR has no encoding for request bodies, so binary would look like text
    elif kind.startswith("application/x-www-form-urlencoded"):
        data["params"] = _pairs(parse_qsl(payload, keep_blank_values=True))
    return data


def _response(exchange: Exchange, events: list[NetworkEvent]) -> dict[str, Any]:
    headers = _first(events, "response_headers")
    return {
        "status": exchange.status_code or 0,
        "statusText": exchange.status_text or "",
        "httpVersion": exchange.protocol or "",
        "headers": _pairs(header_lines(headers)),
        "cookies": _response_cookies(headers),
        "content": _content(exchange, events),
        "redirectURL": header_value(headers, "location"),
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
        "_transferSize": exchange.encoded_bytes if exchange.encoded_bytes is not None else 0,
        "_error": exchange.error_message if exchange.outcome in FAILED else None,
    }


def _content(exchange: Exchange, events: list[NetworkEvent]) -> dict[str, Any]:
    content: dict[str, Any] = {
        "size": exchange.decoded_bytes if exchange.decoded_bytes is not None else UNKNOWN,
        "mimeType": exchange.mime_type or "x-unknown",
    }
    payload = _first(events, "response_payload")
    if payload is not None:
        content["text"] = payload
        if encoding := _first(events, "response_payload_encoding"):
            content["encoding"] = encoding
    if _first(events, "is_response_payload_truncated"):
        content["comment"] = "Only the beginning was stored."
        content["_isTruncated"] = True
        content["_sha256"] = _first(events, "response_payload_sha256")
    return content


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def _request_cookies(headers: dict[str, str] | None) -> list[dict[str, str]]:
    """Return the cookies of a ``Cookie`` header."""
    pairs = [pair.partition("=") for pair in header_value(headers, "cookie").split("; ") if pair]
    return _pairs((name, value) for name, _equals, value in pairs)


def _response_cookies(headers: dict[str, str] | None) -> list[dict[str, Any]]:
    """Return the cookies of a ``Set-Cookie`` header; several are joined with line feeds."""
    lines = [line for line in header_value(headers, "set-cookie").split("\n") if line]
    return [_cookie(line) for line in lines]


def _cookie(line: str) -> dict[str, Any]:
    pair, *attributes = line.split(";")
    name, _equals, value = pair.partition("=")
    cookie: dict[str, Any] = {"name": name.strip(), "value": value}
    for attribute in attributes:
        key, _equals, text = attribute.strip().partition("=")
        match key.lower():
            case "path" | "domain" | "samesite":
                cookie["sameSite" if key.lower() == "samesite" else key.lower()] = text
            case "httponly":
                cookie["httpOnly"] = True
            case "secure":
                cookie["secure"] = True
    return cookie


def _frames(details: dict[str, Any], started_at: datetime, exchange: Exchange) -> list[dict[str, Any]]:
    """Return frames as Chrome DevTools writes them: ``time`` in seconds since 1970, base64 unless the opcode is 1."""
    origin = started_at.timestamp() - exchange.started_ms / 1000
    return [
        {
            "type": "send" if message.get("direction") == "sent" else "receive",
            "time": origin + message.get("offset_ms", 0) / 1000,
            "opcode": message.get("opcode", 1),
            "data": message.get("payload", ""),
        }
        for message in details.get("messages", ())
    ]


def _stream(details: dict[str, Any], session: DebugSession) -> list[dict[str, Any]]:
    origin = session.started_at.timestamp()
    return [
        {
            "time": origin + message.get("offset_ms", 0) / 1000,
            "eventName": message.get("event", ""),
            "eventId": message.get("id", ""),
            "data": message.get("payload", ""),
        }
        for message in details.get("messages", ())
    ]


def _details(events: list[NetworkEvent]) -> dict[str, Any]:
    return next((event.details for event in reversed(events) if event.details), {})


def _first(events: list[NetworkEvent], name: str) -> Any:
    """Return the field from the last event that has it, because later events contain the raw value of the wire."""
    return next((value for event in reversed(events) if (value := getattr(event, name)) is not None), None)


def instant(moment: datetime) -> str:
    """Return *moment* as HAR writes it."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
