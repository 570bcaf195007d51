"""A store is copied to another database completely or not at all."""

import threading
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from select import select as select_ready

import psycopg
import pytest
from sqlalchemy import Engine, func, select, text

from core import database
from core.errors import AlreadyExists, StoreError
from core.models import (
    Base,
    DebugSession,
    MonitorCheck,
    MonitorStatus,
    NetworkEvent,
    SessionArtifact,
    Website,
    WebsiteState,
)
from core.models.enums import ArtifactKind
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, store_copy
from core.services.store_copy import copy_store
from tests import postgres, sqlite
from tests.factories import (
    at,
    make_check,
    make_event,
    make_maintenance,
    make_session,
    make_website,
    make_window,
    record_event,
)

Row = tuple[object, ...]


@pytest.fixture
def source(tmp_path: Path) -> Iterator[Engine]:
    """A migrated SQLite store in a file, with something in many tables, bound."""
    sqlite.new_store(tmp_path / "small.sqlite3")
    engine = database.make_engine(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    database.bind(engine)
    with database.session_scope() as db:
        for _ in range(3):
            website = make_website(db)
            for second in range(0, 300, 60):
                make_check(db, website, checked_at=at(second), error_message="naïve ☃")
            window = make_window(db, website, ended_at=at(60))
            session = make_session(db, website, downtime_window_id=window.id)
            make_event(db, session, request_headers={"accept": "*/*"})
            record_event(db, session, date(2026, 3, 1))  # of a month, as what came from PostgreSQL
            picture = bytes(range(256))
            db.add(
                SessionArtifact(
                    debug_session_id=session.id, kind=ArtifactKind.SCREENSHOT, mime_type="image/png", size_bytes=256,
                    data=picture, timestamp=at(1), offset_ms=1000.0,
                )
            )  # fmt: skip
        make_maintenance(db)
    yield engine
    engine.dispose()


@pytest.fixture
def target() -> Iterator[Engine]:
    """An engine on an empty PostgreSQL database."""
    url = postgres.new_database()
    engine = database.make_engine(url)
    yield engine
    engine.dispose()
    postgres.drop_database(url)


def _everything(engine: Engine) -> dict[str, list[Row]]:
    with engine.connect() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key.columns))]
            for table in Base.metadata.sorted_tables
        }


def _conninfo(engine: Engine) -> str:
    return f"host={engine.url.query['host']} user=postgres dbname={engine.url.database}"


def _count(engine: Engine, model: type[Base]) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(model)) or 0


def test_every_row_is_copied_in_both_directions(source: Engine, target: Engine, tmp_path: Path) -> None:
    copied = copy_store(source, target)

    assert _everything(target) == _everything(source)
    assert {table.name: table.rows for table in copied if table.rows} == {
        "websites": 3, "downtime_windows": 3, "maintenance_windows": 1, "monitor_checks": 15,
        "website_states": 3, "debug_sessions": 3, "network_events": 6, "session_artifacts": 3,
    }  # fmt: skip
    with target.connect() as connection:
        months = connection.scalars(text("SELECT DISTINCT tableoid::regclass::text FROM monitor_checks"))
        assert list(months) == ["monitor_checks_2026_03"]
        parts = connection.scalars(text("SELECT DISTINCT tableoid::regclass::text FROM network_events ORDER BY 1"))
        assert list(parts) == ["network_events_2026_03", "network_events_default"]
    back = database.make_engine(f"sqlite:///{tmp_path / 'back.sqlite3'}")
    copy_store(target, back)
    assert _everything(back) == _everything(source)
    back.dispose()


def test_a_missing_json_value_stays_null(source: Engine, target: Engine) -> None:
    copy_store(source, target)

    with target.connect() as connection:
        absent = connection.scalar(text("SELECT count(*) FROM network_events WHERE response_headers IS NULL"))
    assert absent == 6


def test_new_rows_are_numbered_after_the_copied_ones(source: Engine, target: Engine) -> None:
    copy_store(source, target)

    database.bind(target)
    with database.session_scope() as db:
        assert make_website(db).id == 4
        assert make_check(db, db.get_one(Website, 1)).id == 16


def test_a_store_in_use_is_copied_as_of_one_moment(source: Engine, target: Engine) -> None:
    begun, stored = threading.Event(), threading.Event()

    def store_more() -> None:
        begun.wait(60)  # the target is migrated first
        with database.session_scope(immediate=True) as db:
            make_check(db, db.get_one(Website, 1), checked_at=at(900))
        stored.set()

    def go_on(table: store_copy.CopiedTable) -> None:
        if table.name == "websites":
            begun.set()
            assert stored.wait(10)

    writer = threading.Thread(target=store_more)
    writer.start()
    copied = copy_store(source, target, go_on)
    writer.join()

    assert _count(source, MonitorCheck) == 16
    assert _count(target, MonitorCheck) == 15 == next(t.rows for t in copied if t.name == "monitor_checks")


def test_a_store_that_receives_checks_is_copied_consistently(source: Engine, target: Engine) -> None:
    """Checks are stored between any two tables; the copied tables still agree with each other."""
    go, done = threading.Semaphore(0), threading.Semaphore(0)
    rounds = len(Base.metadata.sorted_tables)

    def check_on() -> None:
        for number in range(rounds):
            assert go.acquire(timeout=10)
            checks = [
                MonitorCheckCreate(website_id=one, status=MonitorStatus.UP, checked_at=at(600 + 60 * number))
                for one in (1, 2, 3)
            ]
            with database.session_scope(immediate=True) as db:
                MonitorCheckCRUD.bulk_create(db, checks)
            done.release()

    def go_on(_table: store_copy.CopiedTable) -> None:
        go.release()
        assert done.acquire(timeout=10)

    writer = threading.Thread(target=check_on)
    writer.start()
    copied = copy_store(source, target, go_on)
    writer.join()

    there, arrived = _everything(source), _everything(target)
    assert {table.name: table.rows for table in copied} == {name: len(rows) for name, rows in arrived.items()}
    assert arrived["monitor_checks"] == there["monitor_checks"][:15]
    assert len(there["monitor_checks"]) == 15 + 3 * rounds
    with target.connect() as connection:
        newest = select(MonitorCheck.website_id, func.max(MonitorCheck.id)).group_by(MonitorCheck.website_id)
        said = select(WebsiteState.website_id, WebsiteState.latest_check_id)
        assert set(connection.execute(said)) == set(connection.execute(newest))


def test_an_interrupted_copy_leaves_the_target_empty(source: Engine, target: Engine) -> None:
    def cut(table: store_copy.CopiedTable) -> None:
        if table.name == "monitor_checks":
            with psycopg.connect(_conninfo(target)) as other:
                others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                other.execute(f"SELECT pg_terminate_backend(pid, 10000) {others}")

    with pytest.raises(StoreError, match="terminat|closed"):
        copy_store(source, target, cut)

    assert not any(_everything(target).values())
    copy_store(source, target)
    assert _count(target, NetworkEvent) == 6


def test_copying_is_exempt_from_the_time_limits_of_other_work(source: Engine, target: Engine, tmp_path: Path) -> None:
    limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
    with psycopg.connect(_conninfo(target), autocommit=True) as other:
        for limit in limits:
            other.execute(f'ALTER DATABASE "{target.url.database}" SET {limit} = 150')
    back = database.make_engine(f"sqlite:///{tmp_path / 'back.sqlite3'}")

    def take_long(table: store_copy.CopiedTable) -> None:
        if table.name == "websites":
            with closing(psycopg.connect(_conninfo(target))) as idle:
                idle.execute("SELECT 1")
                assert select_ready([idle.fileno()], [], [], 10)[0]  # PostgreSQL has ended it

    copy_store(source, target, take_long)
    copy_store(target, back, take_long)

    assert _everything(back) == _everything(source)
    back.dispose()


def test_a_target_in_use_is_not_changed(source: Engine, target: Engine) -> None:
    copy_store(source, target)
    with pytest.raises(AlreadyExists, match="already has rows in websites"):
        copy_store(source, target)


def test_a_store_is_not_copied_onto_itself(source: Engine) -> None:
    with pytest.raises(StoreError, match="same database"):
        copy_store(source, source)


def test_an_unavailable_target_is_reported(source: Engine, tmp_path: Path) -> None:
    away = database.make_engine(f"postgresql+psycopg://nobody@/none?host={tmp_path}")
    with pytest.raises(StoreError, match="cannot be used"):
        copy_store(source, away)


def test_a_nul_that_postgresql_refuses_is_replaced_and_counted(source: Engine, target: Engine) -> None:
    with database.session_scope() as db:
        session = db.scalars(select(DebugSession)).first()
        assert session is not None
        make_event(db, session).response_payload = "before\0after"

    copied = copy_store(source, target)

    assert next(table.mended for table in copied if table.name == "network_events") == 1
    with target.connect() as connection:
        kept = connection.scalar(
            select(NetworkEvent.response_payload).where(NetworkEvent.response_payload.is_not(None))
        )
    assert kept == "before�after"


def test_words_can_be_searched_in_the_copy(source: Engine, tmp_path: Path) -> None:
    copy = database.make_engine(f"sqlite:///{tmp_path / 'copy.sqlite3'}")
    copy_store(source, copy)
    with copy.connect() as connection:
        found = connection.scalar(text("SELECT count(*) FROM check_words WHERE check_words MATCH 'naïve'"))
    assert found == 15
    copy.dispose()


def test_a_status_is_stored_by_name(source: Engine, target: Engine) -> None:
    copy_store(source, target)
    with target.connect() as connection:
        assert set(connection.scalars(select(MonitorCheck.status))) == {MonitorStatus.UP}
