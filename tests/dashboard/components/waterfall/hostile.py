"""The texts of a hostile website: markup, scripts and control characters in every field."""

from dataclasses import replace

from benchmarks.synthetic import exchanges
from core.clock import utc_now
from core.debugging.waterfall import Exchange
from core.models import NetworkEvent, NetworkEventType

EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'


def hostile_exchanges() -> list[Exchange]:
    """Twenty exchanges whose every text tries to become markup, to run, or to break the message format."""
    texts = [EVIL, "javascript:window.pwned=1", '"]});window.pwned=1;//', "\u2028\u2029\x00\x7f\\", "</script>" + EVIL]
    return [
        replace(
            exchange,
            url=f"https://evil.example/{texts[number % 5]}?{EVIL}" if number % 5 != 1 else texts[1],
            method=EVIL if number == 3 else "GET",
            mime_type=EVIL,
            protocol=EVIL,
            priority=EVIL,
            outcome=NetworkEventType.ERROR,
            error_message=texts[number % 5],
            status_code=None,
            initiator={"type": EVIL, "url": texts[(number + 1) % 5], "lineNumber": 3},
        )
        for number, exchange in enumerate(exchanges(20))
    ]


def hostile_events(exchange_id: str) -> list[NetworkEvent]:
    """The events of one exchange, hostile in every part that the details show."""
    headers = {EVIL: EVIL, "content-type": "application/json", "set-cookie": f"a={EVIL}; Path=/\nb=2; HttpOnly"}
    shared = {"url": f"https://evil.example/{EVIL}?q={EVIL}", "exchange_id": exchange_id, "timestamp": utc_now()}
    return [
        NetworkEvent(
            **shared,
            event_type=NetworkEventType.REQUEST,
            method="POST",
            request_headers={"cookie": f"s={EVIL}", "x": EVIL},
            request_payload='{"query": "query Evil { a }", "variables": {"<b>": "<i>"}}',
            initiator={
                "type": "script",
                "stack": {"callFrames": [{"functionName": EVIL, "url": "javascript:window.pwned=1"}]},
            },
        ),
        NetworkEvent(
            **shared,
            event_type=NetworkEventType.RESPONSE,
            method="POST",
            status_code=200,
            status_text=EVIL,
            response_headers=headers,
            is_response_payload_truncated=True,
            response_payload_sha256="0" * 64,
            response_payload=f'{{"html": "{EVIL.replace(chr(34), chr(39))}", "list": [1, 2, null]}}',
            mime_type="application/json",
            details={
                "security": {"subjectName": EVIL},
                "messages": [{"direction": "sent", "payload": EVIL, "offset_ms": 3}],
            },
        ),
    ]
