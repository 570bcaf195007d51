"""The audit log is listed, filtered and searched for actors."""

from datetime import timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.services import AuditEventCRUD
from tests.conftest import Queries


def test_actors_of_subjects_are_found(store: Session) -> None:
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


def test_new_entries_do_not_shift_older_pages(store: Session, engine: Engine, query_counter: Queries) -> None:
    moment = utc_now()
    events = [AuditEventCRUD.create(store, actor="user ada", action="website.change") for _ in range(4)]
    for event, seconds in zip(events, (0, 1, 1, 2), strict=True):  # two in one moment
        event.happened_at = moment + timedelta(seconds=seconds)
    first = AuditEventCRUD.get_older(store, None, 2, actor=None, action=None)

    AuditEventCRUD.create(store, actor="user grace", action="website.change").happened_at = moment + timedelta(days=1)
    store.flush()

    with query_counter.counted(engine) as queries:
        rest = AuditEventCRUD.get_older(store, (first[-1].happened_at, first[-1].id), 2, actor=None, action=None)

    assert [event.id for event in (*first, *rest)] == [event.id for event in reversed(events)]
    assert len(queries) == 1


def test_recent_actors_are_listed_once(store: Session) -> None:
    for actor in ("user grace", "token ci of ada", "user grace", "user Alan"):
        AuditEventCRUD.create(store, actor=actor, action="website.change")

    assert AuditEventCRUD.get_actors(store) == ["token ci of ada", "user Alan", "user grace"]
