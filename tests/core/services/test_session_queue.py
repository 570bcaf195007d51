"""One worker takes an offered session. If it dies first, the session is offered again; it never runs twice."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core import sealing
from core.clock import utc_now
from core.errors import StoreError
from core.models import DebugSession, DebugSessionState
from core.schemas import DebugSessionUpdate
from core.services import DebugSessionCRUD, session_queue
from core.services.session_queue import Taken
from tests.factories import make_session, make_website

JOB = {"url": "https://user:secret@shop.example/", "options": {"headers": {"Authorization": "Bearer secret"}}}
LATER = timedelta(minutes=1)


def offered(db: Session, count: int = 1) -> list[DebugSession]:
    website = make_website(db)
    sessions = [make_session(db, website) for _ in range(count)]
    for session in sessions:
        session_queue.offer(db, session.id, JOB)
    return sessions


def take(db: Session, owner: str = "here/1/a", **limits: Any) -> Taken | None:
    return session_queue.take(db, owner=owner, until=utc_now() + LATER, **limits)


def now(db: Session, session: DebugSession) -> DebugSession:
    db.refresh(session)
    return session


def never(_owner: str) -> bool:
    return False


def always(_owner: str) -> bool:
    return True


def test_the_oldest_session_is_taken_first_and_once(store: Session) -> None:
    first, second = offered(store, 2)

    taken = [take(store), take(store), take(store)]

    assert taken == [
        Taken(session_id=first.id, website_id=first.website_id, job=JOB),
        Taken(session_id=second.id, website_id=second.website_id, job=JOB),
        None,
    ]


def test_unfinished_sessions_are_found_by_an_index(store: Session) -> None:
    is_sqlite = store.get_bind().dialect.name == "sqlite"
    if not is_sqlite:
        store.execute(text("SET LOCAL enable_seqscan = off"))  # nothing is stored: it would be read whole

    for wanted in (session_queue.UNFINISHED, session_queue.WAITS, session_queue.OFFERED):
        query = select(DebugSession.id).where(wanted)
        asked = query.compile(store.get_bind(), compile_kwargs={"literal_binds": True})
        plan = [str(row) for row in store.execute(text(f"EXPLAIN {'QUERY PLAN' if is_sqlite else ''} {asked}"))]
        assert "ix_debug_sessions_state" in "\n".join(plan)


def test_a_session_run_by_its_own_process_is_not_offered(store: Session) -> None:
    make_session(store, make_website(store))

    assert take(store) is None


def test_the_number_of_running_sessions_is_limited(store: Session) -> None:
    (held, _next) = offered(store, 2)
    assert take(store, max_running=1) is not None

    assert take(store, "there/2/b", max_running=1) is None

    ended = DebugSessionUpdate(state=DebugSessionState.COMPLETED, success=True, completed_at=utc_now())
    DebugSessionCRUD.update(store, held.id, ended)
    assert take(store, "there/2/b", max_running=1) is not None


def test_concurrent_workers_take_different_sessions(engine: Engine) -> None:
    with Session(engine) as db, db.begin():
        offered(db, 3)
    taken: list[Taken | None] = []

    def ask(number: int) -> None:
        with Session(engine) as db, db.begin():
            taken.append(take(db, f"worker/{number}/x"))

    if engine.dialect.name == "sqlite":  # in memory it has one connection, so that nobody asks at once
        for number in range(5):
            ask(number)
    else:
        threads = [threading.Thread(target=ask, args=(number,)) for number in range(5)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    ids = [one.session_id for one in taken if one is not None]
    assert len(ids) == len(set(ids))
    assert 1 <= len(ids) <= 3


def test_a_session_taken_by_a_worker_that_died_is_offered_again(store: Session) -> None:
    (session,) = offered(store)
    take(store)

    assert session_queue.give_back(store, never) == []
    assert session_queue.give_back(store, always) == [session.id]
    assert take(store, "there/2/b") is not None


def test_running_sessions_are_not_offered_again(store: Session) -> None:
    (session,) = offered(store)
    take(store)
    DebugSessionCRUD.update(store, session.id, DebugSessionUpdate(state=DebugSessionState.RUNNING))
    session_queue.forget_job(store, session.id)

    assert session_queue.give_back(store, always) == []
    assert DebugSessionCRUD.fail_abandoned(store, "gone", always) == [session.id]


def test_a_waiting_session_is_not_abandoned(store: Session) -> None:
    offered(store)

    assert DebugSessionCRUD.fail_abandoned(store, "gone", always) == []


def test_an_offered_session_can_be_withdrawn_and_a_taken_one_cannot(store: Session) -> None:
    session, other = offered(store, 2)
    take(store)

    assert not session_queue.withdraw(store, session.id, "Stopped.")
    assert session_queue.withdraw(store, other.id, "Stopped.")

    assert (now(store, other).state, other.error_message) == (DebugSessionState.CANCELLED, "Stopped.")
    assert take(store) is None


def test_a_session_that_no_worker_takes_fails(store: Session) -> None:
    (session,) = offered(store)
    assert session_queue.expire(store, utc_now() - LATER, "Nobody took it.") == []

    assert session_queue.expire(store, utc_now() + LATER, "Nobody took it.") == [session.id]

    assert (now(store, session).state, session.error_message) == (DebugSessionState.FAILED, "Nobody took it.")


def test_secrets_are_sealed_while_a_session_waits_and_deleted_when_it_runs(store: Session) -> None:
    (session,) = offered(store)
    raw = select(DebugSession.__table__.c.job).where(DebugSession.id == session.id)

    sealed = store.connection().exec_driver_sql(f"SELECT CAST(job AS TEXT) FROM debug_sessions WHERE id = {session.id}")
    assert "secret" not in str(sealed.scalar())

    session_queue.forget_job(store, session.id)
    assert store.scalar(raw) is None


def test_a_worker_with_another_key_leaves_a_session_to_others(store: Session) -> None:
    (session,) = offered(store)
    store.commit()
    ours = sealing.in_use()
    sealing.use(sealing.Sealer(b"another machine's key"))
    try:
        with pytest.raises(StoreError):
            take(store)
        store.rollback()
    finally:
        sealing.use(ours)

    taken = take(store)
    assert taken is not None
    assert taken.session_id == session.id
