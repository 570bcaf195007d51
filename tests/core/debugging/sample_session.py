"""A handmade debug session with an exchange of every kind."""

from datetime import UTC, datetime, timedelta
from typing import Any

from core.models import ConsoleMessage, DebugSession, DebugSessionState, NetworkEvent, NetworkEventType

START = datetime(2026, 11, 24, 3, 0, 0, 123_456, tzinfo=UTC)
PHASES = {"queued_ms": 1.0, "stalled_ms": 2.0, "dns_ms": 3.0, "connect_ms": 4.0, "tls_ms": 5.0}
ANSWER = {"sent_ms": 0.5, "waiting_ms": 20.0, "download_ms": 4.5}


def session(**overrides: Any) -> DebugSession:
    values: dict[str, Any] = {
        "id": 7,
        "website_id": 1,
        "session_key": "key",
        "started_at": START,
        "completed_at": START + timedelta(seconds=3),
        "success": True,
        "state": DebugSessionState.COMPLETED,
        "user_agent": "Mozilla/5.0",
        "browser_type": "chromium",
        "browser_version": "156.0",
        "url": "https://a.test/",
        "title": "A page",
        "milestones": {"dom_content_loaded": 120.0, "load": 340.5, "first_contentful_paint": 90.25},
        "is_redacted": True,
        "dropped_count": 0,
    }
    return DebugSession(**values | overrides)


def exchange(exchange_id: str, *, at_ms: float = 0.0, **facts: Any) -> list[NetworkEvent]:
    """Return the request and the end of an exchange; *facts* are set on the events that have them."""
    outcome = facts.pop("outcome", NetworkEventType.RESPONSE)
    shared = {
        "exchange_id": exchange_id,
        "url": facts.pop("url", f"https://a.test/{exchange_id}"),
        "method": facts.pop("method", "GET"),
        "resource_type": facts.pop("resource_type", "fetch"),
        "started_ms": at_ms,
    }
    for name in ("priority", "redirected_from", "preflight_for", "target"):
        shared[name] = facts.pop(name, None)
    asked = {name: facts.pop(name, None) for name in REQUEST_FACTS}
    duration_ms = facts.pop("duration_ms", 40.0)
    start = START + timedelta(milliseconds=at_ms)
    request = NetworkEvent(event_type=NetworkEventType.REQUEST, timestamp=start, **shared, **asked)
    if outcome is NetworkEventType.REQUEST:
        return [request]
    ended = start + timedelta(milliseconds=duration_ms)
    facts.setdefault("status_code", 200 if outcome is NetworkEventType.RESPONSE else None)
    return [request, NetworkEvent(event_type=outcome, timestamp=ended, duration_ms=duration_ms, **shared, **facts)]


REQUEST_FACTS = ("request_headers", "request_payload", "request_payload_encoding", "initiator")


def everything() -> list[NetworkEvent]:
    """Return one exchange of each kind, sorted by start."""
    document = exchange(
        "document",
        url="http://a.test/?q=a%20b&empty=",
        resource_type="document",
        outcome=NetworkEventType.REDIRECT,
        status_code=302,
        status_text="Found",
        response_headers={"Location": "https://a.test/home", "Set-Cookie": "a=1; Path=/; HttpOnly\nb=2; Secure"},
        request_headers={"Cookie": "x=1; y=2", "User-Agent": "Mozilla/5.0"},
        phases=PHASES | ANSWER,
    )
    home = exchange(
        "document-1",
        at_ms=41.5,
        url="https://a.test/home",
        resource_type="document",
        redirected_from="document",
        priority="VeryHigh",
        protocol="h2",
        mime_type="text/html",
        status_text="OK",
        response_headers={"content-type": "text/html; charset=utf-8"},
        response_payload="<h1>Größe</h1><script>alert(1)</script>",
        remote_address="[::1]:443",
        connection_id="12",
        is_connection_reused=False,
        encoded_bytes=900,
        decoded_bytes=1_800,
        initiator={"type": "other"},
        phases=PHASES | ANSWER,
        target="page",
        details={"security": {"protocol": "TLS 1.3"}},
    )
    form = exchange(
        "form",
        at_ms=100.0,
        method="POST",
        request_headers={"Content-Type": "application/x-www-form-urlencoded"},
        request_payload="title=a+b%26c&page=2",
        phases=ANSWER | {"queued_ms": 1.0},
    )
    upload = exchange(
        "upload", at_ms=110.0, method="PURGE", request_payload="AP+ACg==", request_payload_encoding="base64"
    )
    picture = exchange(
        "picture",
        at_ms=120.0,
        resource_type="image",
        from_cache="disk",
        mime_type="image/png",
        response_payload="iVBORw0KGgo=",
        response_payload_encoding="base64",
        is_response_payload_truncated=True,
        response_payload_sha256="0" * 64,
    )
    refused = exchange(
        "refused",
        at_ms=130.0,
        outcome=NetworkEventType.ERROR,
        error_message="The connection was refused.",
        duration_ms=2.0,
    )
    late = exchange("late", at_ms=135.0, outcome=NetworkEventType.TIMEOUT, error_message="It took too long.")
    socket = exchange(
        "socket",
        at_ms=140.0,
        url="wss://a.test/socket",
        resource_type="websocket",
        status_code=101,
        details={
            "message_count": 2,
            "messages": [
                {
                    "direction": "sent",
                    "opcode": 1,
                    "encoding": None,
                    "payload": "hé",
                    "size_bytes": 3,
                    "offset_ms": 150.0,
                },
                {
                    "direction": "received",
                    "opcode": 2,
                    "encoding": "base64",
                    "payload": "AP8=",
                    "size_bytes": 2,
                    "offset_ms": 151.5,
                },
            ],
        },
    )
    open_still = exchange("open", at_ms=160.0, outcome=NetworkEventType.REQUEST)
    return [
        event
        for events in (document, home, form, upload, picture, refused, late, socket, open_still)
        for event in events
    ]


def console() -> list[ConsoleMessage]:
    message = ConsoleMessage(
        level="error",
        source="exception",
        text="Uncaught <b>",
        url="https://a.test/app.js",
        line_number=3,
        column_number=14,
        stack=[{"functionName": "f"}],
        timestamp=START + timedelta(milliseconds=200),
        offset_ms=200.0,
    )
    return [message]
