"""A downtime window with all its evidence, for the tests of its page and exports."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from core.models import (
    ArtifactKind,
    DebugSession,
    DebugSessionState,
    DowntimeWindow,
    MonitorStatus,
    NetworkEvent,
    NetworkEventType,
    SessionArtifact,
    SessionTrigger,
    Website,
)
from core.schemas.finding import FindingCreate
from core.services import FindingCRUD
from tests.factories import make_check, make_event, make_session, make_website, make_window

EVIL = '<img src=x onerror="window.pwned=1">'
CAUSE = f"The page has failed since a deploy: app.2.js fails with status 404 {EVIL}."
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c6300010000050001"
    "0d0a2db40000000049454e44ae426082"
)


def make_outage(db: Session, started_at: datetime, *, minutes: float | None = 10) -> DowntimeWindow:
    """A website that a deploy broke at *started_at*, down for a duration or until now: checks, sessions, findings."""
    website = make_website(db, name="Acme shop")
    website.is_active = False
    make_check(db, website, checked_at=started_at - timedelta(seconds=60), connect_time_ms=3.0, ttfb_ms=90.0)
    for step in range(3):
        make_check(
            db,
            website,
            status=MonitorStatus.DOWN,
            checked_at=started_at + timedelta(seconds=60 * step),
            connect_time_ms=4.0,
            ttfb_ms=1_250.0,
            error_message="The body should contain 'In stock'.",
        )
    ended_at = started_at + timedelta(minutes=minutes) if minutes else None
    window = make_window(db, website, started_at=started_at, ended_at=ended_at, affected_checks_count=3)
    window.root_cause = CAUSE
    _seen(db, website, started_at - timedelta(hours=1), SessionTrigger.BASELINE, script="app.1.js", status=200)
    bad = _seen(db, website, started_at, SessionTrigger.FAILURE, script="app.2.js", status=404)
    bad.window_id = window.id
    FindingCRUD.replace_for_window(db, window.id, findings_of(bad))
    FindingCRUD.replace_for_session(db, bad.id, findings_of(bad))
    db.flush()
    return window


def findings_of(session: DebugSession) -> list[FindingCreate]:
    rests_on = [{"of": "exchange", "id": "app.2.js", "session_id": session.id}]
    return [
        FindingCreate(kind="deploy", sentence=CAUSE, confidence="high", why="It did not fail then.", rests_on=rests_on),
        FindingCreate(kind="blank_page", sentence="The page stays blank.", confidence="likely", why="So it was."),
    ]


def _seen(
    db: Session, website: Website, at: datetime, trigger: SessionTrigger, *, script: str, status: int
) -> DebugSession:
    session = make_session(db, website, session_key=f"{website.id}-{script}", started_at=at, url=website.url)
    session.completed_at, session.state = at + timedelta(seconds=2), DebugSessionState.COMPLETED
    session.success, session.trigger, session.request_count = True, trigger, 2
    for position, (name, kind, code) in enumerate((("", "document", 200), (script, "script", status))):
        for event_type in (NetworkEventType.REQUEST, NetworkEventType.RESPONSE):
            event = make_event(db, session, url=website.url + name, event_type=event_type, timestamp=at)
            _complete(event, name or "document", kind, position, code)
    picture = SessionArtifact(
        debug_session_id=session.id,
        timestamp=at,
        offset_ms=150.0,
        kind=ArtifactKind.SCREENSHOT,
        mime_type="image/png",
        size_bytes=len(PIXEL),
        data=PIXEL,
    )
    db.add(picture)
    db.flush()
    return session


def _complete(event: NetworkEvent, exchange_id: str, kind: str, position: int, status: int) -> None:
    event.exchange_id, event.resource_type, event.started_ms = exchange_id, kind, 40.0 * position
    if event.event_type is NetworkEventType.RESPONSE:
        event.status_code, event.duration_ms = status, 30.0
