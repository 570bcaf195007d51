"""The audit log, and who did what."""

from datetime import timedelta

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.services import AuditEventCRUD


def test_it_tells_who_did_something_to_whom(store: Session) -> None:
    for actor, action, subject in (
        ("user ada", "debug_session.start", "debug session 1"),
        ("token ci of ada", "debug_session.start", "debug session 2"),
        ("user grace", "debug_session.delete", "debug session 1"),
    ):
        AuditEventCRUD.create(store, actor=actor, action=action, subject=subject)
    subjects = ["debug session 1", "debug session 2", "debug session 3"]
    now = utc_now()

    known = AuditEventCRUD.actors_of(store, "debug_session.start", subjects, since=now - timedelta(minutes=1))
    later = AuditEventCRUD.actors_of(store, "debug_session.start", subjects, since=now + timedelta(minutes=1))

    assert known == {"debug session 1": "user ada", "debug session 2": "token ci of ada"}
    assert later == {}
