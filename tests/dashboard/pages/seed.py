"""A store with a website whose debug sessions were recorded earlier, one of them hostile in every text."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from benchmarks.synthetic import exchanges
from core import database
from core.debugging.waterfall import PHASE_NAMES, Exchange
from core.models import (
    ArtifactKind,
    ConsoleMessage,
    DebugSession,
    DebugSessionState,
    NetworkEvent,
    NetworkEventType,
    SessionArtifact,
    Website,
)
from tests import sqlite

STARTED = datetime(2026, 11, 23, 22, 0, tzinfo=UTC)
EVIL = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>'
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082"
)


def fill(data_dir: Path) -> None:
    """Sessions 1 (40 requests, good), 2 (6 requests, failed, hostile) and 3 (with an invalid picture)."""
    sqlite.new_store(data_dir / "watchwright.sqlite3")
    engine = database.make_engine(f"sqlite:///{data_dir / 'watchwright.sqlite3'}")
    with Session(engine) as db, db.begin():
        website = Website(url="http://127.0.0.1:9/", name="Acme shop", is_active=False)
        db.add(website)
        db.flush()
        _session(db, website, exchanges(40), milestones={"dom_content_loaded": 120.0, "load": 300.0})
        _session(db, website, exchanges(6), evil=EVIL, error=f"The page could not be opened: {EVIL}")
        _session(db, website, [], mime_type="text/html")
    engine.dispose()


def _session(
    db: Session,
    website: Website,
    seen: list[Exchange],
    *,
    evil: str = "",
    error: str | None = None,
    milestones: dict[str, float] | None = None,
    mime_type: str = "image/png",
) -> None:
    session = DebugSession(
        website_id=website.id,
        session_key=f"key-{len(seen)}",
        started_at=STARTED,
        completed_at=STARTED + timedelta(seconds=3.9),
        state=DebugSessionState.FAILED if error else DebugSessionState.COMPLETED,
        success=not error,
        error_message=error,
        url=f"http://127.0.0.1:9/{evil}",
        title=evil or None,
        browser_version="HeadlessChrome/156.0.0.0",
        milestones=milestones,
        request_count=len(seen),
        failed_count=1,
        encoded_bytes=123_456,
    )
    db.add(session)
    db.flush()
    shared = {"debug_session_id": session.id, "timestamp": STARTED, "offset_ms": 150.0}
    stack = [{"functionName": evil, "url": f"javascript:{evil}", "lineNumber": 1}] if evil else None
    db.add(
        ConsoleMessage(**shared, level="error", source="console", text=f"boom {evil}", url=evil or None, stack=stack)
    )
    picture = SessionArtifact(
        **shared, kind=ArtifactKind.SCREENSHOT, mime_type=mime_type, size_bytes=len(PIXEL), data=PIXEL
    )
    db.add(picture)
    for exchange in seen:
        db.add_all(_events(session, exchange, evil))


def _events(session: DebugSession, exchange: Exchange, evil: str) -> list[NetworkEvent]:
    shared: dict[str, Any] = {
        "debug_session_id": session.id,
        "exchange_id": exchange.exchange_id,
        "url": exchange.url + evil,
        "method": exchange.method,
        "resource_type": exchange.resource_type,
        "started_ms": exchange.started_ms,
        "timestamp": STARTED + timedelta(milliseconds=exchange.started_ms),
    }
    phases = {name: ms for name in PHASE_NAMES if (ms := getattr(exchange.phases, name)) is not None}
    request = NetworkEvent(
        **shared,
        event_type=NetworkEventType.REQUEST,
        request_headers={"accept": "*/*", "cookie": f"a=1{evil}"},
        request_payload='{"needle": "in the payload"}' if exchange.method == "POST" else evil or None,
        initiator=_hostile_initiator(evil) if evil else None,
    )
    answer = NetworkEvent(
        **shared,
        event_type=exchange.outcome,
        status_code=exchange.status_code,
        status_text="OK" + evil,
        duration_ms=exchange.duration_ms,
        phases=phases,
        mime_type=("image/svg+xml" if exchange.resource_type == "image" else "text/html")
        if evil
        else exchange.mime_type,
        response_headers=_hostile_headers(evil) if evil else {"server": "nginx"},
        response_payload=_hostile_body(exchange, evil) if evil else None,
        details=_hostile_details(evil) if evil else None,
        encoded_bytes=exchange.encoded_bytes,
        decoded_bytes=exchange.decoded_bytes,
        error_message=exchange.error_message,
    )
    return [request, answer]


def _hostile_headers(evil: str) -> dict[str, str]:
    named = {"content-type": "text/html", "etag": '"1"', "x-evil": evil, evil: "a name that is markup"}
    return named | {"set-cookie": f"a={evil}; Path=/{evil}", "server-timing": f'db;dur=3;desc="{evil}"'}


def _hostile_body(exchange: Exchange, evil: str) -> str:
    if exchange.resource_type != "image":
        return f"<html>{evil}</html>"
    script = "window.pwned=1;parent.pwned=1"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8" onload="window.pwned=1">'
        f"<script>{script}</script><rect width='8' height='8'/></svg>"
    )


def _hostile_initiator(evil: str) -> dict[str, Any]:
    return {"type": "script", "stack": {"callFrames": [{"functionName": evil, "url": f"javascript:{evil}"}]}}


def _hostile_details(evil: str) -> dict[str, Any]:
    return {
        "security": {"protocol": evil, "subjectName": evil, "issuer": evil},
        "messages": [{"direction": "received", "payload": evil, "event": evil, "offset_ms": 3.0}],
        "blocked_cookies": [{"name": evil, "blocked": [evil]}],
    }
