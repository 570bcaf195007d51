"""A debug session as HAR 1.2, with the extensions by which Chrome DevTools draws the same waterfall. Pure."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, version
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core.debugging.waterfall import Exchange, Phases, fold
from core.models import DebugSession, NetworkEvent, NetworkEventType

PAGE_ID = "page_1"
UNKNOWN = -1  # HAR 1.2: "not applicable" for times and sizes


def to_har(session: DebugSession, events: Iterable[NetworkEvent]) -> dict[str, Any]:
    """The HAR 1.2 log of *session*: one page, an entry for each exchange in order of time.

    Args:
        session: Gives the page's title, start and milestones.
        events: All events of the session, with their headers and payloads.
    """
    grouped: dict[str, list[NetworkEvent]] = {}
    for event in events:
        grouped.setdefault(event.exchange_id or f"event-{event.id}", []).append(event)
    entries = [_entry(session, fold(exchange_id, several), several) for exchange_id, several in grouped.items()]
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "Watchwright", "version": _version()},
            "browser": {"name": session.browser_type, "version": session.browser_version or ""},
            "pages": [_page(session)],
            "entries": sorted(entries, key=lambda entry: str(entry["startedDateTime"])),
        }
    }


def to_har_text(session: DebugSession, events: Iterable[NetworkEvent]) -> str:
    """`to_har` as the text of a ``.har`` file."""
    return json.dumps(to_har(session, events), ensure_ascii=False, indent=1)


def _version() -> str:
    try:
        return version("watchwright")
    except PackageNotFoundError:
        return "unknown"


def _page(session: DebugSession) -> dict[str, Any]:
    milestones = session.milestones or {}
    return {
        "startedDateTime": _instant(session.started_at),
        "id": PAGE_ID,
        "title": session.url or session.title or "",
        "pageTimings": {
            "onContentLoad": milestones.get("dom_content_loaded", UNKNOWN),
            "onLoad": milestones.get("load", UNKNOWN),
        },
    }


def _entry(session: DebugSession, exchange: Exchange, events: list[NetworkEvent]) -> dict[str, Any]:
    request = _first(events, "request_headers"), _first(events, "request_payload")
    timings = _timings(exchange)
    entry: dict[str, Any] = {
        "pageref": PAGE_ID,
        "startedDateTime": _instant(session.started_at + timedelta(milliseconds=exchange.started_ms)),
        "time": sum(max(value, 0.0) for name, value in timings.items() if name in _COUNTED),
        "request": _request(exchange, *request, encoding=_first(events, "request_payload_encoding")),
        "response": _response(exchange, events),
        "cache": {},
        "timings": timings,
    }
    address, _colon, _port = (exchange.remote_address or "").rpartition(":")
    extras = {
        "serverIPAddress": address.strip("[]") or None,
        "connection": exchange.connection_id,
        "_initiator": exchange.initiator,
        "_priority": exchange.priority,
        "_resourceType": exchange.resource_type,
        "_fromCache": exchange.from_cache,
        "_webSocketMessages": _messages(events),
        "_exchangeId": exchange.exchange_id,
        "_redirectedFrom": exchange.redirected_from,
        "_preflightFor": exchange.preflight_for,
    }
    return entry | {name: value for name, value in extras.items() if value is not None}


_COUNTED = ("blocked", "dns", "connect", "send", "wait", "receive")  # `ssl` is within `connect`


def _timings(exchange: Exchange) -> dict[str, float]:
    """HAR's phases: ``blocked`` holds queued and stalled, ``connect`` includes ``ssl``."""
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
    """An exchange whose phases nobody told has its time in ``wait``: the sum stays true."""
    return max((exchange.duration_ms or 0.0) - phases.total_ms, 0.0)


def _sum(*values: float | None) -> float:
    known = [value for value in values if value is not None]
    return sum(known) if known else UNKNOWN


def _or_unknown(value: float | None) -> float:
    return UNKNOWN if value is None else value


def _request(
    exchange: Exchange, headers: dict[str, str] | None, payload: str | None, *, encoding: str | None
) -> dict[str, Any]:
    request: dict[str, Any] = {
        "method": exchange.method,
        "url": exchange.url,
        "httpVersion": exchange.protocol or "",
        "headers": _pairs(headers),
        "queryString": [
            {"name": name, "value": value}
            for name, value in parse_qsl(urlsplit(exchange.url).query, keep_blank_values=True)
        ],
        "cookies": _request_cookies(headers),
        "headersSize": UNKNOWN,
        "bodySize": len(payload.encode()) if payload else 0,
    }
    if payload:
        kind = _value(headers, "content-type")
        request["postData"] = {"mimeType": kind, "text": payload} | ({"_encoding": encoding} if encoding else {})
        if kind.startswith("application/x-www-form-urlencoded"):
            form = parse_qsl(payload, keep_blank_values=True)
            request["postData"]["params"] = [{"name": name, "value": value} for name, value in form]
    return request


def _response(exchange: Exchange, events: list[NetworkEvent]) -> dict[str, Any]:
    headers = _first(events, "response_headers")
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
        content["comment"] = "Only the beginning was kept."
    is_failed = exchange.outcome in (NetworkEventType.ERROR, NetworkEventType.TIMEOUT)
    return {
        "status": exchange.status_code or 0,
        "statusText": exchange.status_text or "",
        "httpVersion": exchange.protocol or "",
        "headers": _pairs(headers),
        "cookies": _response_cookies(headers),
        "content": content,
        "redirectURL": _value(headers, "location"),
        "headersSize": UNKNOWN,
        "bodySize": UNKNOWN,
        "_transferSize": exchange.encoded_bytes if exchange.encoded_bytes is not None else 0,
        "_error": exchange.error_message if is_failed else None,
    }


def _messages(events: list[NetworkEvent]) -> list[Any] | None:
    for event in events:
        frames = (event.details or {}).get("frames")
        if isinstance(frames, list):
            return frames
    return None


def _first(events: list[NetworkEvent], name: str) -> Any:
    """The fact as the last event knows it: a later event has it from the wire."""
    return next((value for event in reversed(events) if (value := getattr(event, name)) is not None), None)


def _pairs(headers: dict[str, str] | None) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, joined in (headers or {}).items() for value in joined.split("\n")]


def _value(headers: dict[str, str] | None, wanted: str) -> str:
    return next((value for name, value in (headers or {}).items() if name.lower() == wanted), "")


def _request_cookies(headers: dict[str, str] | None) -> list[dict[str, str]]:
    pairs = [pair.partition("=") for pair in _value(headers, "cookie").split("; ") if pair]
    return [{"name": name, "value": value} for name, _equals, value in pairs]


def _response_cookies(headers: dict[str, str] | None) -> list[dict[str, Any]]:
    lines = [line for line in _value(headers, "set-cookie").split("\n") if line]
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


def _instant(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds")
