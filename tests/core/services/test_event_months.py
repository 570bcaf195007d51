"""PostgreSQL keeps events of deletable sessions in monthly partitions, and other events outside of them."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core.models import DebugSession, DebugSessionState, NetworkEvent, NetworkEventType, SessionTrigger
from core.models.months import EVENTS, REST_OF_EVENTS, TABLE, Month
from core.services import DebugSessionCRUD, event_months, months, search
from core.services.evidence_retention import delete_sessions
from core.services.session_recording import RecordedBatch, SessionRecording
from tests.factories import make_session, make_website, make_window, record_event

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
FEBRUARY, MARCH = Month.of(NOW - timedelta(days=20), EVENTS), Month.of(NOW, EVENTS)
BEFORE = NOW - timedelta(days=14)

on_postgresql = pytest.mark.parametrize("engine", ["postgresql"], indirect=True)


def _is_postgresql(db: Session) -> bool:
    return db.get_bind().dialect.name == "postgresql"


def _session(db: Session, trigger: SessionTrigger = SessionTrigger.FAILURE, **given: Any) -> DebugSession:
    """One that began in February, with an event that is where it belongs."""
    facts = {"started_at": FEBRUARY.since, "trigger": trigger, "state": DebugSessionState.COMPLETED, **given}
    session = make_session(db, make_website(db), **facts)
    record_event(db, session, event_months.month_of(db, session.id))
    return session


def _where(db: Session) -> dict[int, str]:
    """In which table the event of each session is."""
    query = text(f"SELECT debug_session_id, tableoid::regclass::text FROM {EVENTS}")
    return dict(db.execute(query).all())


def _keep_all(db: Session) -> int:
    kept = 0
    while some := event_months.keep(db, FEBRUARY, BEFORE):
        kept += some
    return kept


def test_partitions_are_created_in_advance_once(store: Session) -> None:
    made = [month for month in event_months.missing(store, NOW) if event_months.make(store, month)]

    names = ["network_events_2026_03", "network_events_2026_04", "network_events_2026_05"]
    assert [month.name for month in made] == (names if _is_postgresql(store) else [])
    assert event_months.missing(store, NOW) == []
    assert event_months.over(store, MARCH.until) == made[:1]


def test_a_deletable_session_belongs_to_the_month_of_its_start(store: Session) -> None:
    began = {"started_at": datetime(2026, 3, 31, 23, 59, tzinfo=UTC), "trigger": SessionTrigger.BASELINE}
    session = make_session(store, make_website(store), **began)
    assert event_months.month_of(store, session.id) is None  # no such month yet

    if _is_postgresql(store):
        assert event_months.make(store, MARCH)
        assert not event_months.make(store, MARCH)

    expected = date(2026, 3, 1) if _is_postgresql(store) else None
    assert event_months.month_of(store, session.id) == expected


@on_postgresql
@pytest.mark.parametrize("trigger", [SessionTrigger.MANUAL, SessionTrigger.IMPORT])
def test_sessions_started_by_a_person_are_not_in_a_month(store: Session, trigger: SessionTrigger) -> None:
    event_months.make(store, FEBRUARY)

    session = _session(store, trigger)

    assert _where(store) == {session.id: REST_OF_EVENTS}


@on_postgresql
@pytest.mark.parametrize("count", [1, 30], ids=["inserted", "copied"])
def test_events_are_stored_updated_and_found_in_their_month(store: Session, count: int) -> None:
    event_months.make(store, FEBRUARY)
    session = make_session(store, make_website(store), started_at=FEBRUARY.since, trigger=SessionTrigger.FAILURE)
    month = event_months.month_of(store, session.id)
    event = {"event_type": NetworkEventType.REQUEST, "url": "https://a.example/zebra", "timestamp": NOW}
    events = [{**event, "exchange_id": str(number)} for number in range(count)]

    ids = SessionRecording.store(store, session.id, RecordedBatch(new_events=events, month=month))
    changes = [{"id": one, "status_code": 200} for one in ids]
    SessionRecording.store(store, session.id, RecordedBatch(changed_events=changes, month=month))

    assert _where(store) == {session.id: FEBRUARY.name}
    assert [event.status_code for event in store.scalars(select(NetworkEvent))] == [200] * count
    assert search.search(store, "zebra").requests[0].session_id == session.id


@on_postgresql
def test_an_update_of_events_reads_one_partition(store: Session) -> None:
    for month in (FEBRUARY, MARCH):
        event_months.make(store, month)

    pruned = text(f"EXPLAIN UPDATE {EVENTS} SET status_code = 200 WHERE id = 7 AND month = '2026-02-01'")
    plan = "\n".join(store.scalars(pruned))

    assert f"{FEBRUARY.name}_pkey" in plan or f"pk_{FEBRUARY.name}" in plan
    assert MARCH.name not in plan
    assert REST_OF_EVENTS not in plan


@on_postgresql
def test_partitions_have_all_indexes_and_keys_of_the_table(store: Session) -> None:
    event_months.make(store, MARCH)

    # Without NOT NULL, which is a constraint from PostgreSQL 18 on.
    facts = text(
        "SELECT indexdef FROM pg_indexes WHERE tablename = :name UNION ALL SELECT pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE conrelid = CAST(:name AS regclass) AND contype <> 'n'"
    )
    of_month, of_rest = (
        sorted(row.replace(name, "") for row in store.scalars(facts, {"name": name}))
        for name in (MARCH.name, REST_OF_EVENTS)
    )
    assert of_month == of_rest
    assert len(of_month) == 7


@on_postgresql
def test_kept_events_move_out_of_a_past_month_before_it_is_dropped(store: Session) -> None:
    event_months.make(store, FEBRUARY)
    due = _session(store, success=False)
    held = [_session(store, is_pinned=True), _session(store, state=DebugSessionState.RUNNING)]
    window = make_window(store, make_website(store))
    held.append(_session(store, window_id=window.id))
    held.append(_session(store, SessionTrigger.BASELINE, success=True))  # its website's last good one

    assert not event_months.drop(store, FEBRUARY, BEFORE)
    assert _keep_all(store) == len(held)
    assert _where(store) == {due.id: FEBRUARY.name} | {session.id: REST_OF_EVENTS for session in held}
    assert event_months.drop(store, FEBRUARY, BEFORE)

    assert not event_months.drop(store, FEBRUARY, BEFORE)
    assert delete_sessions(store, BEFORE) == 1
    assert sorted(_where(store)) == sorted(session.id for session in held)


@on_postgresql
def test_the_month_of_a_recent_session_is_kept(store: Session) -> None:
    event_months.make(store, FEBRUARY)
    young = _session(store, started_at=FEBRUARY.until - timedelta(hours=1), success=False)

    assert event_months.over(store, FEBRUARY.until - timedelta(minutes=1)) == []
    assert not event_months.drop(store, FEBRUARY, young.started_at)


@on_postgresql
def test_events_of_unpinned_or_deleted_sessions_are_deleted_from_the_default_partition(store: Session) -> None:
    event_months.make(store, FEBRUARY)
    unpinned, deleted, erased = (_session(store, is_pinned=True, success=False) for _ in range(3))
    _keep_all(store)

    unpinned.is_pinned = False
    store.flush()
    assert delete_sessions(store, BEFORE) == 1
    assert DebugSessionCRUD.delete(store, deleted.id)
    store.execute(text(f"DELETE FROM websites WHERE id = {erased.website_id}"))

    assert _where(store) == {}


@on_postgresql
def test_events_of_a_session_deleted_during_the_move_are_deleted(store: Session) -> None:
    event_months.make(store, FEBRUARY)
    session_id = _session(store, is_pinned=True).id
    store.commit()
    engine = store.get_bind()
    assert isinstance(engine, Engine)
    deleting = threading.Event()

    def delete() -> None:
        with Session(engine) as other, other.begin():
            deleting.set()
            other.execute(text(f"DELETE FROM debug_sessions WHERE id = {session_id}"))

    assert _keep_all(store) == 1
    thread = threading.Thread(target=delete)
    thread.start()
    deleting.wait(10)
    store.commit()
    thread.join()

    assert _where(store) == {}


@on_postgresql
def test_a_change_that_would_wait_for_a_lock_is_given_up(store: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(months, "LOCK_TIMEOUT_MS", 20)
    event_months.make(store, FEBRUARY)
    store.commit()
    engine = store.get_bind()
    assert isinstance(engine, Engine)

    with Session(engine) as reader:
        reader.execute(select(NetworkEvent.id))
        with pytest.raises(OperationalError, match="lock timeout"):
            event_months.drop(store, FEBRUARY, BEFORE)
        store.rollback()
        assert event_months.make(store, MARCH)  # which holds up nobody who reads

    store.commit()
    assert event_months.drop(store, FEBRUARY, BEFORE)


def test_months_of_checks_and_of_events_are_distinguished() -> None:
    assert Month.named("network_events_2026_03") == MARCH
    assert Month.named("monitor_checks_2026_03") == Month.of(NOW, TABLE) != MARCH
    assert Month.named(REST_OF_EVENTS) is None
    assert MARCH.following.name == "network_events_2026_04"
