"""The facts of a debug session: findings, pictures and console errors."""

from sqlalchemy.orm import Session

from core.models import ArtifactKind, ConsoleMessage, Finding, SessionArtifact
from dashboard.queries.debug_session import load_facts
from tests.factories import NOON, make_session, make_website


def test_facts_contain_findings_pictures_and_console_errors(db: Session) -> None:
    session = make_session(db, make_website(db))
    shared = {"debug_session_id": session.id, "timestamp": NOON}
    db.add_all(
        ConsoleMessage(**shared, offset_ms=7.0, level=level, source="", text=level) for level in ("error", "log")
    )
    picture = {"kind": ArtifactKind.FRAME, "mime_type": "image/png", "size_bytes": 1, "data": b"p"}
    shots = [SessionArtifact(**shared, **picture, offset_ms=at) for at in (20.0, 10.0)]
    db.add_all(shots)
    finding = {"position": 0, "kind": "K", "sentence": "It broke.", "confidence": "high", "why": "", "rests_on": []}
    db.add(Finding(debug_session_id=session.id, **finding))
    db.flush()

    facts = load_facts(db, session.id)

    assert facts is not None
    assert [one.sentence for one in facts.findings] == ["It broke."]
    assert facts.console_marks == [(7.0, "error", "error")]
    address = f"/debug-sessions/{session.id}/pictures"
    assert facts.pictures == [(10.0, f"{address}/{shots[1].id}"), (20.0, f"{address}/{shots[0].id}")]


def test_a_missing_session_has_no_facts(db: Session) -> None:
    assert load_facts(db, 7) is None
