"""Diagnoses a debug session that ran without a store, such as one of the command line."""

from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from core.debugging.capture import Capture
from core.diagnosis.diagnose import diagnose
from core.diagnosis.finding import Finding
from core.diagnosis.gather import session_evidence
from core.models import Website
from core.models.base import Base


def diagnose_capture(captured: Capture, *, certificate_days: int) -> list[Finding]:
    """Return the findings of *captured*, the cause first. Its rows belong to a store in memory afterwards."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        website = Website(url=captured.session.url, name=captured.session.url)
        db.add(website)
        db.flush()
        captured.session.website_id = website.id
        db.add(captured.session)
        db.flush()
        for event in captured.events:
            event.debug_session_id = captured.session.id
        for message in captured.console:
            message.debug_session_id = captured.session.id
        db.add_all([*captured.events, *captured.console])
        db.flush()
        return diagnose(session_evidence(db, captured.session, certificate_days=certificate_days))
