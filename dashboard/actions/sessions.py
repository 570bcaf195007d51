"""Starts, stops, pins, imports and deletes debug sessions."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.accounts.actor import Permission
from core.config import Settings
from core.database import in_session
from core.debugging.session import DebugSessions
from core.debugging.session_import import import_har
from core.models import DebugSession
from core.schemas.debug_session import DebugSessionUpdate
from core.schemas.session_options import SessionOptions
from core.services import AuditEventCRUD, DebugSessionCRUD
from core.services.rows import require_row
from core.signals import SessionChanged, session_changed
from dashboard.audit import note
from dashboard.current_actor import require

STARTED = "debug_session.start"


async def start(
    sessions: DebugSessions, website_id: int, *, url: str | None = None, options: SessionOptions | None = None
) -> int:
    """Start a session of a website and return its id; see `DebugSessions.start`.

    Raises:
        NotFound: The website does not exist.
        BrowserMissing: No browser was found.
        InvalidInput: The options or *url* are invalid.
    """
    require(Permission.DEBUG)
    session_id = await sessions.start(website_id, url=url, options=options)
    await in_session(_note, STARTED, session_id)
    return session_id


async def stop(sessions: DebugSessions, session_id: int) -> None:
    """Stop a session early and keep what it captured. A finished session stays unchanged.

    Raises:
        NotFound: The session does not exist.
    """
    require(Permission.DEBUG)
    await in_session(_note, "debug_session.stop", session_id)
    await sessions.stop(session_id)


async def remove(sessions: DebugSessions, session_id: int) -> None:
    """Stop a session if it runs, and delete everything it recorded.

    Raises:
        NotFound: The session does not exist.
    """
    require(Permission.DEBUG)
    session = await in_session(require_row, DebugSession, session_id)
    await sessions.stop(session_id)
    await in_session(_delete, session_id)
    session_changed.send(SessionChanged(session_id=session_id, website_id=session.website_id))


async def pin(session_id: int, *, is_pinned: bool) -> None:
    """Exclude a session from retention, or include it again.

    Raises:
        NotFound: The session does not exist.
    """
    require(Permission.DEBUG)
    await in_session(_pin, session_id, is_pinned=is_pinned)


async def import_file(content: bytes, *, website_id: int, settings: Settings) -> int:
    """Store a HAR file as a debug session of a website and return its id.

    Raises:
        NotFound: The website does not exist.
        InvalidInput: The content is not a HAR file.
    """
    require(Permission.DEBUG)
    session_id = await import_har(content, website_id=website_id, settings=settings)
    await in_session(_note, "debug_session.import", session_id)
    return session_id


def starters(db: Session, sessions: Sequence[DebugSession]) -> dict[int, str]:
    """Return who started each session, by session id, without those that started automatically."""
    if not sessions:
        return {}
    subjects = {_subject(session.id): session.id for session in sessions}
    since = min(session.created_at for session in sessions)
    actors = AuditEventCRUD.actors_of(db, STARTED, list(subjects), since=since)
    return {subjects[subject]: actor.removeprefix("user ") for subject, actor in actors.items()}


def _subject(session_id: int) -> str:
    return f"debug session {session_id}"


def _note(db: Session, action: str, session_id: int) -> None:
    session = require_row(db, DebugSession, session_id)
    note(db, action, _subject(session_id), website_id=session.website_id)


def _delete(db: Session, session_id: int) -> None:
    _note(db, "debug_session.delete", session_id)
    DebugSessionCRUD.delete(db, session_id)


def _pin(db: Session, session_id: int, *, is_pinned: bool) -> None:
    _note(db, "debug_session.pin" if is_pinned else "debug_session.unpin", session_id)
    DebugSessionCRUD.update(db, session_id, DebugSessionUpdate(is_pinned=is_pinned))
