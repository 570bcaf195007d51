"""Debug sessions are stored, found and ended."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.errors import AlreadyExists
from core.models import DebugSessionState, SessionTrigger
from core.schemas import DebugSessionCreate, DebugSessionUpdate, DebugSessionWithEvents
from core.services import DebugSessionCRUD, NetworkEventCRUD, session_list
from core.store_session import StoreSession
from tests.factories import at, make_event, make_session, make_website


def test_a_session_is_found_by_id_and_by_key(store: Session) -> None:
    session = make_session(store, make_website(store), session_key="abc")

    assert DebugSessionCRUD.get_by_id(store, session.id) is session
    assert DebugSessionCRUD.get_by_session_key(store, "abc") is session
    assert DebugSessionCRUD.get_by_session_key(store, "ABC") is None
    assert DebugSessionCRUD.get_by_id(store, 4711) is None


def test_a_second_session_with_the_same_key_is_refused(store: Session) -> None:
    website = make_website(store)
    make_session(store, website, session_key="abc")

    with pytest.raises(AlreadyExists, match="abc"):
        make_session(store, website, session_key="abc")


def test_a_session_without_a_website_is_an_error_and_not_a_duplicate(store: Session) -> None:
    with pytest.raises(IntegrityError):
        DebugSessionCRUD.create(store, DebugSessionCreate(website_id=4711))


def test_sessions_of_a_website_are_listed_newest_first(store: Session) -> None:
    website = make_website(store)
    sessions = [make_session(store, website, started_at=at(number)) for number in range(3)]
    other = make_session(store, make_website(store), started_at=at(9))

    assert DebugSessionCRUD.get_by_website(store, website.id) == (sessions[::-1], 3)
    assert DebugSessionCRUD.get_by_website(store, website.id, skip=1, limit=1) == ([sessions[1]], 3)
    assert DebugSessionCRUD.get_by_website(store, None) == ([other, *sessions[::-1]], 4)


def test_an_update_completes_a_session(store: Session) -> None:
    session = make_session(store, make_website(store))

    change = DebugSessionUpdate(completed_at=at(5), success=True, state=DebugSessionState.COMPLETED)
    assert DebugSessionCRUD.update(store, session.id, change) is session

    assert (session.completed_at, session.success, session.state) == (at(5), True, DebugSessionState.COMPLETED)
    assert session.browser_type == "chromium"
    assert DebugSessionCRUD.update(store, 4711, change) is None


def test_only_abandoned_sessions_are_ended_as_failed(store: Session) -> None:
    website, now = make_website(store), utc_now()
    soon = now + timedelta(minutes=1)
    before_leases, out_of_lease, known_dead, alive = (
        make_session(store, website, state=DebugSessionState.RUNNING) for _ in range(4)
    )
    done = make_session(store, website, state=DebugSessionState.COMPLETED, success=True)
    DebugSessionCRUD.hold(store, [out_of_lease.id], "far", now - timedelta(seconds=1))
    DebugSessionCRUD.hold(store, [known_dead.id], "dead", soon)
    DebugSessionCRUD.hold(store, [alive.id], "far", soon)

    ended = DebugSessionCRUD.fail_abandoned(store, "The process ended.", lambda owner: owner == "dead")

    assert ended == [before_leases.id, out_of_lease.id, known_dead.id]
    store.refresh(known_dead)
    assert (known_dead.state, known_dead.success) == (DebugSessionState.FAILED, False)
    assert known_dead.error_message == "The process ended."
    assert known_dead.completed_at is not None
    store.refresh(alive)
    assert alive.state == DebugSessionState.RUNNING
    store.refresh(done)
    assert done.state == DebugSessionState.COMPLETED


def test_a_running_session_is_held(store: Session) -> None:
    website, until = make_website(store), utc_now() + timedelta(minutes=1)
    running = make_session(store, website, state=DebugSessionState.RUNNING)
    done = make_session(store, website, state=DebugSessionState.COMPLETED)

    DebugSessionCRUD.hold(store, [running.id, done.id], "here/1/abc", until)

    store.refresh(running)
    store.refresh(done)
    assert (running.owner, running.lease_until) == ("here/1/abc", until)
    assert (done.owner, done.lease_until) == (None, None)
    assert DebugSessionCRUD.fail_abandoned(store, "The process ended.", lambda _owner: False) == []


def test_a_session_is_read_with_its_events(store: Session) -> None:
    session = make_session(store, make_website(store))
    make_event(store, session)
    events, _total = NetworkEventCRUD.get_by_session(store, session.id)

    read = DebugSessionWithEvents.model_validate({**session.__dict__, "network_events": events})

    assert [event.url for event in read.network_events] == ["https://website.example/"]


def test_deleting_a_session_deletes_its_events(store: Session) -> None:
    session = make_session(store, make_website(store))
    event = make_event(store, session)
    store.commit()
    store.expunge_all()

    assert DebugSessionCRUD.delete(store, session.id) is True
    assert DebugSessionCRUD.delete(store, session.id) is False
    assert NetworkEventCRUD.get_by_id(store, event.id) is None


def test_the_baseline_is_the_last_good_session_before(store: Session) -> None:
    website = make_website(store)
    good = make_session(store, website, started_at=at(1), success=True)
    make_session(store, website, started_at=at(2), success=False)
    bad = make_session(store, website, started_at=at(3), success=False)
    make_session(store, website, started_at=at(4), success=True)
    make_session(store, make_website(store), started_at=at(2), success=True)

    assert session_list.baseline(store, bad) is good
    assert session_list.baseline(store, good) is None


def test_the_time_of_the_last_baseline_of_each_website_is_read(store: Session) -> None:
    first, second = make_website(store), make_website(store)
    for website, seconds in ((first, 1), (first, 2), (second, 3)):
        make_session(store, website, started_at=at(seconds)).trigger = SessionTrigger.BASELINE
    make_session(store, second, started_at=at(9)).trigger = SessionTrigger.MANUAL
    store.flush()

    assert DebugSessionCRUD.get_baseline_times(store, at(2)) == {first.id: at(2), second.id: at(3)}


def test_nobody_deletes_a_held_session_or_its_website(postgresql: Engine) -> None:
    with StoreSession(postgresql) as db:
        session_id = make_session(db, make_website(db)).id
        db.commit()

        assert DebugSessionCRUD.get_held(db, session_id) is not None
        assert DebugSessionCRUD.get_held(db, 999) is None

        for table in ("debug_sessions", "websites"):
            with postgresql.connect() as other, pytest.raises(OperationalError, match="lock"):
                other.execute(text(f"SELECT 1 FROM {table} FOR UPDATE NOWAIT"))
