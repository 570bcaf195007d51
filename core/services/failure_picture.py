"""Finds the picture of a failure: the screenshot of a downtime window's debug session."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, undefer

from core.models import ArtifactKind, DebugSession, SessionArtifact, SessionTrigger

MAX_BYTES = 2_000_000  # accepted by mail servers and chats; a screenshot is a tenth of it

_PICTURE = (
    select(SessionArtifact)
    .where(SessionArtifact.kind == ArtifactKind.SCREENSHOT, SessionArtifact.size_bytes <= MAX_BYTES)
    .options(undefer(SessionArtifact.data))
    .limit(1)
)
_LAST = (SessionArtifact.offset_ms.desc(), SessionArtifact.id.desc())
"""Orders a session's screenshots so that the last one comes first."""


def failure_picture(db: Session, window_id: int) -> SessionArtifact | None:
    """Return the screenshot, with data, of the first session that the failure started; None if there is none."""
    query = (
        _PICTURE.join(DebugSession, DebugSession.id == SessionArtifact.debug_session_id)
        .where(DebugSession.window_id == window_id, DebugSession.trigger == SessionTrigger.FAILURE)
        .order_by(DebugSession.started_at, DebugSession.id, *_LAST)
    )
    return db.scalar(query)


def session_picture(db: Session, session_id: int) -> SessionArtifact | None:
    """Return the last screenshot of a session, with data; None if there is none."""
    return db.scalar(_PICTURE.where(SessionArtifact.debug_session_id == session_id).order_by(*_LAST))


def pictured_at(db: Session, *, since: datetime) -> dict[int, datetime]:
    """Return when each window's first failure session with a screenshot ended, by window."""
    query = (
        select(DebugSession.window_id, func.min(DebugSession.completed_at))
        .join(SessionArtifact, SessionArtifact.debug_session_id == DebugSession.id)
        .where(
            DebugSession.window_id.is_not(None),
            DebugSession.trigger == SessionTrigger.FAILURE,
            DebugSession.completed_at >= since,
            SessionArtifact.kind == ArtifactKind.SCREENSHOT,
        )
        .group_by(DebugSession.window_id)
    )
    return {window_id: at for window_id, at in db.execute(query) if window_id is not None and at is not None}
