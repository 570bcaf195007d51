"""Stored rows for tests that say only what matters to them; each is flushed, none committed."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from core.models import (
    DebugSession,
    DowntimeWindow,
    MaintenanceWindow,
    MonitorCheck,
    MonitorStatus,
    NetworkEvent,
    NetworkEventType,
    Website,
)
from core.schemas import (
    DebugSessionCreate,
    DowntimeWindowCreate,
    MaintenanceWindowCreate,
    MonitorCheckCreate,
    NetworkEventCreate,
    WebsiteCreate,
)
from core.services import (
    DebugSessionCRUD,
    DowntimeWindowCRUD,
    MaintenanceWindowCRUD,
    MonitorCheckCRUD,
    NetworkEventCRUD,
    WebsiteCRUD,
    rollups,
)
from core.services.session_recording import RecordedBatch, SessionRecording

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
"""The moment around which tests happen when they do not say."""

_number = count(1)


def at(seconds: float) -> datetime:
    """*seconds* after `NOON`."""
    return NOON + timedelta(seconds=seconds)


def make_website(db: Session, **overrides: Any) -> Website:
    given = {"url": f"https://website-{next(_number)}.example/"} | overrides
    return WebsiteCRUD.create(db, WebsiteCreate(**given))


def make_check(db: Session, website: Website, **overrides: Any) -> MonitorCheck:
    """A check that found the website up, at `NOON`."""
    given = {"website_id": website.id, "status": MonitorStatus.UP, "checked_at": NOON} | overrides
    return MonitorCheckCRUD.create(db, MonitorCheckCreate(**given))


def make_window(db: Session, website: Website, **overrides: Any) -> DowntimeWindow:
    """A downtime window, open since `NOON`."""
    given = {"website_id": website.id, "started_at": NOON} | overrides
    return DowntimeWindowCRUD.create(db, DowntimeWindowCreate(**given))


def make_maintenance(db: Session, **overrides: Any) -> MaintenanceWindow:
    """An hour of maintenance of all websites, once, at `NOON`."""
    given = {"name": "Deploy", "starts_at": NOON, "duration_seconds": 3600} | overrides
    return MaintenanceWindowCRUD.create(db, MaintenanceWindowCreate(**given))


def make_session(db: Session, website: Website, **overrides: Any) -> DebugSession:
    given = {"website_id": website.id, "started_at": NOON} | overrides
    return DebugSessionCRUD.create(db, DebugSessionCreate(**given))


def make_event(db: Session, session: DebugSession, **overrides: Any) -> NetworkEvent:
    """A request of the session at `NOON`."""
    given = {
        "debug_session_id": session.id,
        "event_type": NetworkEventType.REQUEST,
        "url": "https://website.example/",
        "method": "GET",
        "timestamp": NOON,
    } | overrides
    return NetworkEventCRUD.create(db, NetworkEventCreate(**given))


def record_event(db: Session, session: DebugSession, month: date | None) -> None:
    """A request of the session at `NOON`, in the month as which a recorder stores it."""
    event = {"event_type": NetworkEventType.REQUEST, "url": "https://website.example/", "timestamp": NOON}
    SessionRecording.store(db, session.id, RecordedBatch(new_events=[event], month=month))


def roll_up(db: Session, website_id: int, until: datetime) -> None:
    """Aggregate all checks of a website up to *until*."""
    while not rollups.catch_up(db, website_id, until):
        pass
