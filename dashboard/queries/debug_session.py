"""What a debug session's page shows around its rows."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from core.models import DebugSession, Finding
from core.services import DebugSessionCRUD, FindingCRUD
from core.services.session_evidence import SessionEvidence

SHOUTS = ("error", "warning")  # the console's levels that earn a tick on the axis
MOST_SHOUTS = 2_000  # ticks; more are one dark stripe


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFacts:
    """The session and what stands around its rows, at one moment."""

    session: DebugSession
    fault: str | None
    """What it found, a sentence; None where it found no fault."""
    findings: list[Finding]
    shouts: list[tuple[float, str, str]]
    """Of the console: ms, level and text."""
    pictures: list[tuple[float, str]]
    """Ms and address, in the order of time."""


def load_facts(db: Session, session_id: int) -> SessionFacts | None:
    """All of it; None where there is no such session any more."""
    session = DebugSessionCRUD.get_by_id(db, session_id)
    if session is None:
        return None
    console = SessionEvidence.console(db, session_id, levels=SHOUTS, limit=MOST_SHOUTS)
    pictures = SessionEvidence.pictures(db, session_id)
    return SessionFacts(
        session=session,
        fault=FindingCRUD.faults(db, [session_id]).get(session_id),
        findings=FindingCRUD.get_by_session(db, session_id)[0],
        shouts=[(line.offset_ms, line.level, line.text) for line in console],
        pictures=[(shot.offset_ms, picture_address(session_id, shot.id)) for shot in pictures],
    )


def picture_address(session_id: int, artifact_id: int) -> str:
    """Where a page finds one of its pictures, below the path that we are served at."""
    return f"/debug-sessions/{session_id}/pictures/{artifact_id}"
