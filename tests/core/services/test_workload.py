"""The monitor's workload is calculated from stored checks."""

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.models import DebugSessionState, MonitorStatus
from core.services.workload import workload
from tests.conftest import Queries
from tests.factories import at, make_check, make_session, make_website


def test_an_empty_store_has_no_workload(store: Session) -> None:
    load = workload(store, at(0))

    assert (load.checks_per_second, load.planned_per_second, load.lag_ms, load.overdue) == (0, 0, None, 0)


def test_checks_of_the_last_minute_give_rate_and_lag(store: Session) -> None:
    website = make_website(store, check_interval=20)
    for seconds, lag in ((-90, 900), (-40, 2), (-20, 6), (0, None)):
        make_check(store, website, checked_at=at(seconds), lag_ms=lag, status=MonitorStatus.DEGRADED)

    load = workload(store, at(1))

    assert (load.checks_per_second, load.planned_per_second) == (3 / 60, 1 / 20)
    assert (load.lag_ms, load.worst_lag_ms) == (4, 6)


def test_a_website_whose_check_is_missing_is_overdue(store: Session) -> None:
    for website in (late := make_website(store, check_interval=20, timeout=10), make_website(store, is_active=False)):
        website.updated_at = at(-600)
        make_check(store, website, checked_at=at(0))
    new = make_website(store, check_interval=20, timeout=10)
    new.updated_at = at(30)
    store.flush()

    assert workload(store, at(30)).overdue == 0
    assert workload(store, at(36)).overdue == 1, late


def test_sessions_waiting_for_a_browser_are_counted(store: Session) -> None:
    website = make_website(store)
    for state in (DebugSessionState.QUEUED, DebugSessionState.RUNNING, DebugSessionState.COMPLETED):
        make_session(store, website, state=state)

    load = workload(store, at(0))

    assert (load.sessions_running, load.sessions_waiting) == (1, 1)


def test_the_number_of_queries_does_not_grow_with_the_websites(
    store: Session, engine: Engine, query_counter: Queries
) -> None:
    with query_counter.counted(engine):
        workload(store, at(0))
    before = len(query_counter)
    for _ in range(5):
        make_check(store, make_website(store))
    store.flush()

    with query_counter.counted(engine):
        workload(store, at(0))

    assert len(query_counter) == before


def test_sqlite_reads_only_the_checks_of_the_last_minute(db: Session, query_counter: Queries) -> None:
    engine = db.get_bind().engine

    with query_counter.counted(engine) as queries:
        workload(db, at(0))

    (counting,) = [statement for statement in queries.statements if "lag_ms" in statement]
    plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {counting}", (0,) * counting.count("?")).all()
    assert "(website_id=? AND checked_at>?)" in plan[0][3]
