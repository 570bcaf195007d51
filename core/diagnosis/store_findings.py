"""Diagnoses a window or session and stores the findings, in one transaction each."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from core.diagnosis.diagnose import cause, diagnose
from core.diagnosis.finding import Finding
from core.diagnosis.gather import session_evidence, window_evidence
from core.schemas.finding import FindingCreate
from core.services import DebugSessionCRUD, DowntimeWindowCRUD, FindingCRUD


def diagnose_window(db: Session, window_id: int, certificate_days: int) -> bool:
    """Diagnose a window, store its findings, and store the cause as its root cause unless a user wrote one.

    Returns:
        Whether anything changed.
    """
    window = DowntimeWindowCRUD.get_by_id(db, window_id)
    evidence = window_evidence(db, window, certificate_days=certificate_days) if window else None
    if evidence is None or not evidence.checks:  # a user created the window, so there is no evidence
        return False
    found = diagnose(evidence)
    is_changed = FindingCRUD.replace_for_window(db, window_id, _stored(found))
    first = cause(found)
    if first is not None:
        is_changed |= DowntimeWindowCRUD.set_found_cause(db, window_id, first.sentence)
    return is_changed


def diagnose_session(db: Session, session_id: int, certificate_days: int) -> bool:
    """Diagnose a debug session that has ended, store its findings, and return whether anything changed."""
    session = DebugSessionCRUD.get_by_id(db, session_id)
    if session is None or session.completed_at is None:
        return False
    found = diagnose(session_evidence(db, session, certificate_days=certificate_days))
    return FindingCRUD.replace_for_session(db, session_id, _stored(found))


def _stored(found: Sequence[Finding]) -> list[FindingCreate]:
    return [
        FindingCreate(
            kind=finding.kind,
            sentence=finding.sentence,
            confidence=finding.confidence,
            why=finding.why,
            rests_on=[row.as_json() for row in finding.rows],
        )
        for finding in found
    ]
