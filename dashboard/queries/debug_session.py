"""Reads what a debug session's page shows besides its rows."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.models import DebugSession, Finding
from core.services import DebugSessionCRUD, FindingCRUD
from core.services.session_evidence import SessionEvidence

CONSOLE_LEVELS = ("error", "warning")  # console levels that the axis marks
MAX_CONSOLE_MARKS = 2_000  # more would merge into one dark stripe


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """The session and the facts around its rows."""

    session: DebugSession
    fault: str | None
    """The fault that the session found, as a sentence; None if it found none."""
    findings: list[Finding]
    console_marks: list[tuple[float, str, str]]
    """Console lines as time in ms, level and text."""
    pictures: list[tuple[float, str]]
    """Pictures as time in ms and address, in order of time."""


def load_facts(db: Session, session_id: int) -> SessionFacts | None:
    """Return the facts; None if the session does not exist."""
    session = DebugSessionCRUD.get_by_id(db, session_id)
    if session is None:
        return None
    console = SessionEvidence.console(db, session_id, levels=CONSOLE_LEVELS, limit=MAX_CONSOLE_MARKS)
    pictures = SessionEvidence.pictures(db, session_id)
    return SessionFacts(
        session=session,
        fault=FindingCRUD.faults(db, [session_id]).get(session_id),
        findings=FindingCRUD.get_by_session(db, session_id)[0],
        console_marks=[(line.offset_ms, line.level, line.text) for line in console],
        pictures=[(shot.offset_ms, picture_address(session_id, shot.id)) for shot in pictures],
    )


def picture_address(session_id: int, artifact_id: int) -> str:
    """Return the address of a session's picture, without the path prefix we are served below."""
    return f"/debug-sessions/{session_id}/pictures/{artifact_id}"
