"""Faults that debug sessions found are read."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.models import DebugSessionState, SessionTrigger
from core.schemas import FindingCreate
from core.services import FindingCRUD
from core.services.website_fault import sessions_since
from tests.factories import at, make_session, make_website


def test_faults_of_sessions_are_read_the_cause_first_and_without_failure_sessions(store: Session) -> None:
    website, other = make_website(store), make_website(store)
    ended = {"state": DebugSessionState.COMPLETED, "completed_at": at(200)}
    clean = make_session(store, website, started_at=at(1), trigger=SessionTrigger.BASELINE, **ended)
    faulty = make_session(store, website, started_at=at(2), **ended)
    make_session(store, website, started_at=at(3), trigger=SessionTrigger.FAILURE, **ended)
    make_session(store, website, started_at=at(4))
    make_session(store, other, started_at=at(5), **ended)
    kinds = {"page_error": "high", "third_party_failed": "note", "resource_failed": "likely"}
    found = [
        FindingCreate(kind=kind, sentence="It.", confidence=sure, why="", rests_on=[]) for kind, sure in kinds.items()
    ]
    FindingCRUD.replace_for_session(store, faulty.id, found)

    read = sessions_since(store, [website.id], at(0))

    assert [(session.id, [one.kind for one in faults]) for session, faults in read] == [
        (clean.id, []),
        (faulty.id, ["page_error", "resource_failed"]),
    ]
    assert sessions_since(store, [website.id], at(2) + timedelta(seconds=1)) == []
