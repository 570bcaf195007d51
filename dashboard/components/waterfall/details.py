"""Returns the content of the waterfall's details panel for one exchange. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

from core.clock import utc_at
from core.debugging.copy_as import CopiedRequest, as_curl, as_fetch, as_httpx
from core.debugging.recorded_url import split_recorded
from core.debugging.waterfall import PHASE_NAMES
from core.models import NetworkEvent, NetworkEventType
from core.phrases import sized, utc_millisecond, utc_second

Pairs = list[tuple[str, str]]

SENT_BODY_LIMIT = 1_000_000  # characters of a body sent to the browser; the HAR contains all that was stored
SENT_MESSAGES = 500
PART = "The browser reported a part of the body, without its files"
CUT = "Only the beginning of the body was stored"

NOT_REQUEST = {
    NetworkEventType.RESPONSE: 4,
    NetworkEventType.REDIRECT: 4,
    NetworkEventType.ERROR: 3,
    NetworkEventType.TIMEOUT: 3,
    NetworkEventType.REQUEST: 0,
}


def describe(events: Sequence[NetworkEvent]) -> dict[str, Any]:
    """Return what `view/details.js` shows of the exchange with these *events* (at least one)."""
    request = next((event for event in events if event.event_type is NetworkEventType.REQUEST), events[0])
    answer = max(events, key=lambda event: (NOT_REQUEST[event.event_type], event.id or 0))
    extra = {**(request.details or {}), **(answer.details or {})}
    request_headers = _pairs(answer.request_headers or request.request_headers)
    response_headers = _pairs(answer.response_headers)
    return {
        "exchange_id": request.exchange_id,
        "status_text": answer.status_text,
        "error": answer.error_message,
        "general": _general(request, answer, extra),
        "query": parse_qsl(split_recorded(request.url).query, keep_blank_values=True),
        "request": {"headers": request_headers, "payload": _request_payload(request, answer, request_headers, extra)},
        "response": {
            "headers": response_headers,
            "payload": _response_payload(answer),
            "missing": extra.get("body_missing"),
        },
        "cookies": {
            "sent": _sent_cookies(request_headers),
            "set": _set_cookies(response_headers),
            "refused": _refused_cookies(extra),
        },
        "initiator": _initiator(request.initiator or answer.initiator or {}),
        "messages": (messages := _messages(extra)),
        "further_messages": _further(extra, len(messages)),
        "security": _security(extra.get("security")),
        "server_timing": server_timing(response_headers),
        "copies": _copies(request, answer, is_cut="request_payload" in extra),
    }


def _copies(request: NetworkEvent, answer: NetworkEvent, *, is_cut: bool) -> dict[str, str]:
    """Return commands that repeat the request; only its URL if the body was truncated."""
    if is_cut:
        return {"url": request.url}
    carrier = request if request.request_payload is not None else answer
    copied = CopiedRequest(
        method=request.method or "GET",
        url=request.url,
        headers=answer.request_headers or request.request_headers or {},
        body=carrier.request_payload,
        is_base64=carrier.request_payload_encoding == "base64",
    )
    try:
        ways = {"curl": as_curl(copied), "fetch": as_fetch(copied), "httpx": as_httpx(copied)}
    except ValueError:  # a truncated binary body that is cut within a base64 group
        ways = {}
    return {"url": request.url, **ways}


def _general(request: NetworkEvent, answer: NetworkEvent, extra: Mapping[str, Any]) -> Pairs:
    status = " ".join(str(part) for part in (answer.status_code, answer.status_text) if part)
    reused = {True: "reused", False: "new", None: None}[answer.is_connection_reused]
    connection = " · ".join(part for part in (answer.connection_id, reused) if part)
    facts = {
        "URL": request.url,
        **_when(request, answer),
        "Method": request.method,
        "Status": status,
        "Remote address": answer.remote_address,
        "Protocol": answer.protocol,
        "Connection": connection,
        "Type": request.resource_type or answer.resource_type,
        "MIME type": answer.mime_type,
        "Priority": request.priority or answer.priority,
        "From cache": answer.from_cache,
        "Initiator": request.target,
        "Blocked": extra.get("blocked_reason"),
        "Referrer policy": extra.get("referrer_policy"),
    }
    return [(name, str(value)) for name, value in facts.items() if value]


def _when(request: NetworkEvent, answer: NetworkEvent) -> dict[str, str]:
    """Return when the request left the browser, as in the server's log, or when it began if that is not known."""
    phases = answer.phases or {}
    if "sent_ms" not in phases or answer.from_cache:
        return {"Started": utc_millisecond(request.timestamp)}
    before_ms = sum(phases.get(name, 0.0) for name in PHASE_NAMES[: PHASE_NAMES.index("sent_ms")])
    try:
        return {"Sent": utc_millisecond(request.timestamp + timedelta(milliseconds=before_ms))}
    except OverflowError:  # an imported HAR file may contain any number
        return {"Started": utc_millisecond(request.timestamp)}


def _pairs(headers: Mapping[str, str] | None) -> Pairs:
    """Return a pair per header line. The store joins the values of a repeated name by line feeds."""
    lines = [(name, value) for name, joined in (headers or {}).items() for value in str(joined).split("\n")]
    return sorted(lines, key=lambda line: (not line[0].startswith(":"), line[0].lower()))


def _first(headers: Pairs, name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


def _request_payload(
    request: NetworkEvent, answer: NetworkEvent, headers: Pairs, extra: Mapping[str, Any]
) -> dict[str, Any] | None:
    carrier = request if request.request_payload is not None else answer
    if carrier.request_payload is None:
        return None
    encoding, mime = carrier.request_payload_encoding, _first(headers, "content-type") or ""
    note = None
    if whole := extra.get("request_payload"):
        size, sha256 = sized(whole.get("size_bytes")), whole.get("sha256")
        note = f"{CUT}, of {size} in all. SHA-256 of the whole: {sha256}" if sha256 else f"{PART}: {size} in all."
    return {"text": _cut(carrier.request_payload, encoding), "encoding": encoding, "mime": mime, "note": note}


def _response_payload(answer: NetworkEvent) -> dict[str, Any] | None:
    if answer.response_payload is None:
        return None
    note = None
    if answer.is_response_payload_truncated:
        whole = f" SHA-256 of the whole: {answer.response_payload_sha256}" if answer.response_payload_sha256 else ""
        note = f"{CUT}.{whole}"
    encoding, mime = answer.response_payload_encoding, answer.mime_type or ""
    return {"text": _cut(answer.response_payload, encoding), "encoding": encoding, "mime": mime, "note": note}


def _cut(text: str, encoding: str | None) -> str:
    # SENT_BODY_LIMIT is a multiple of four, so that truncated base64 can still be decoded.
    return text[:SENT_BODY_LIMIT] if encoding is None or len(text) > SENT_BODY_LIMIT else text


def _sent_cookies(headers: Pairs) -> Pairs:
    lines = [value for name, value in headers if name.lower() == "cookie"]
    cookies = [part.strip().partition("=") for line in lines for part in line.split(";") if part.strip()]
    return [(name, value) for name, _, value in cookies]


def _set_cookies(headers: Pairs) -> list[dict[str, Any]]:
    cookies = []
    for line in (value for name, value in headers if name.lower() == "set-cookie"):
        first, *rest = [part.strip() for part in line.split(";")]
        name, _, value = first.partition("=")
        pairs = [part.partition("=") for part in rest if part]
        attributes = [(key, text or "yes") for key, _, text in pairs]
        cookies.append({"name": name, "value": value, "attributes": attributes})
    return cookies


def _refused_cookies(extra: Mapping[str, Any]) -> Pairs:
    """Return cookies that the browser did not send or did not accept, with its reasons."""
    entries = [*(extra.get("request_cookies") or []), *(extra.get("blocked_cookies") or [])]
    return [
        (str(entry.get("name") or "(no name)"), ", ".join(map(str, entry["blocked"])))
        for entry in entries
        if isinstance(entry, dict) and entry.get("blocked")
    ]


def _initiator(initiator: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": initiator.get("type"), "stack": list(_frames(initiator.get("stack")))[:50]}


def _frames(stack: Any) -> Iterable[dict[str, Any]]:
    while isinstance(stack, dict):
        for frame in stack.get("callFrames") or []:
            yield {
                "function": str(frame.get("functionName") or ""),
                "url": str(frame.get("url") or ""),
                "line": int(frame.get("lineNumber") or 0) + 1,  # CDP counts from 0, people from 1
                "column": int(frame.get("columnNumber") or 0) + 1,
            }
        stack = stack.get("parent")


def _messages(extra: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a WebSocket's frames or an event stream's messages, in order of time."""
    frames = extra.get("messages") or []
    return [
        {
            "at": frame.get("offset_ms", 0),
            "direction": "sent" if frame.get("direction") == "sent" else "received",
            "text": str(frame.get("payload", ""))[:10_000],
            "bytes": frame.get("size_bytes"),
            "kind": str(frame.get("event") or ("binary, as base64" if frame.get("encoding") else "")),
        }
        for frame in frames[:SENT_MESSAGES]
        if isinstance(frame, dict)
    ]


def _further(extra: Mapping[str, Any], shown: int) -> int:
    """Return the number of messages that were counted but not stored, or are too many to send."""
    count = extra.get("message_count")
    return max(0, count - shown) if isinstance(count, int) else 0


SECURITY_WORDS = {
    "protocol": "Protocol",
    "keyExchange": "Key exchange",
    "cipher": "Cipher",
    "subjectName": "Certificate for",
    "issuer": "Issued by",
    "validFrom": "Valid from",
    "validTo": "Valid to",
}


def _security(security: Any) -> Pairs:
    """Return CDP ``Network.SecurityDetails`` in words. Its instants are seconds since 1970 in UTC."""
    if not isinstance(security, dict):
        return []
    return [
        (words, _instant(security[name]) if name.startswith("valid") else str(security[name]))
        for name, words in SECURITY_WORDS.items()
        if security.get(name)
    ]


def _instant(seconds: Any) -> str:
    try:
        return utc_second(utc_at(float(seconds)))
    except (TypeError, ValueError, OverflowError, OSError):
        return str(seconds)


def server_timing(headers: Pairs) -> Pairs:
    """Return name and description of each ``Server-Timing`` metric (W3C Server Timing, section 3)."""
    metrics = []
    for line in (value for name, value in headers if name.lower() == "server-timing"):
        for metric in line.split(","):
            name, *parameters = [part.strip() for part in metric.split(";")]
            metric_fields = dict(parameter.partition("=")[::2] for parameter in parameters)
            words = [
                metric_fields.get("desc", "").strip('"'),
                f"{metric_fields['dur']} ms" if metric_fields.get("dur") else "",
            ]
            metrics.append((name, " · ".join(word for word in words if word)))
    return metrics
