"""Many processes share one store: one of them migrates it, and no concurrent write is lost."""

import asyncio
import multiprocessing
import re
import sqlite3
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from time import sleep

import pytest
from sqlalchemy import Engine, event, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from core import database, sqlite
from core.errors import InvalidInput, StoreError
from core.models import Base, Website
from core.schemas import WebsiteCreate
from core.services import WebsiteCRUD
from tests import postgres
from tests.factories import make_website


def _upgrade_at_once(url: str, barrier_folder: str, number: int, starters: int) -> str | None:
    """Run in a process: wait for the others, then migrate."""
    folder = Path(barrier_folder)
    (folder / str(number)).touch()
    while len(list(folder.iterdir())) < starters:
        sleep(0.005)
    engine = database.make_engine(url)
    database.upgrade(engine)
    return database.current(engine)


def test_eight_processes_that_start_at_once_all_migrate_the_store(empty_engine: Engine, tmp_path: Path) -> None:
    barrier = tmp_path / "barrier"
    barrier.mkdir()
    url = empty_engine.url.render_as_string(hide_password=False)

    starting = multiprocessing.get_context("forkserver")  # imports once for all eight processes
    starting.set_forkserver_preload([__name__])
    with ProcessPoolExecutor(8, mp_context=starting) as pool:
        runs = [pool.submit(_upgrade_at_once, url, str(barrier), number, 8) for number in range(8)]
        found = [run.result(timeout=120) for run in runs]

    assert found == [database.latest_revision()] * 8
    assert "websites" in inspect(empty_engine).get_table_names()


def test_a_migration_waits_for_another_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    file = tmp_path / "store.sqlite3"
    engine = database.make_engine(f"sqlite:///{file}")
    database.upgrade(engine, "001")
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    released = threading.Timer(0.3, other.execute, ("COMMIT",))
    released.start()

    database.upgrade(engine)

    assert released.finished.is_set()
    other.close()


def test_a_migration_ignores_the_databases_timeouts() -> None:
    with postgres.engine() as engine:
        with engine.begin() as connection:
            limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            for limit in limits:
                connection.exec_driver_sql(f'ALTER DATABASE "{engine.url.database}" SET {limit} = 150')
        engine.dispose()
        other = engine.connect()
        other.exec_driver_sql("SET idle_in_transaction_session_timeout = 0")
        other.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": database.MIGRATION_LOCK})
        released = threading.Timer(0.6, other.rollback)
        released.start()

        database.upgrade(engine)

        assert released.finished.is_set()
        other.close()


def test_upgrading_an_up_to_date_store_takes_no_lock(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    engine = database.make_engine(f"sqlite:///{file}")
    database.upgrade(engine)
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    database.upgrade(engine)

    assert other.in_transaction
    other.close()


def test_an_empty_store_has_no_revision(empty_engine: Engine) -> None:
    assert database.current(empty_engine) is None

    database.upgrade(empty_engine)

    assert database.current(empty_engine) == database.latest_revision()


def test_a_store_of_a_newer_version_is_refused(empty_engine: Engine) -> None:
    database.upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'fromthefuture'"))

    for way, revision in (
        (database.upgrade, "head"),
        (database.downgrade, "-1"),
        (database.downgrade, "fromthefuture"),
    ):
        with pytest.raises(StoreError, match="A newer Watchwright has changed the database"):
            way(empty_engine, revision)

    assert database.current(empty_engine) == "fromthefuture"


@pytest.mark.parametrize("given", ["head-999", "+1", "-999", "", "base-1", "heads", "a b"])
def test_an_unknown_revision_is_refused(empty_engine: Engine, given: str) -> None:
    database.upgrade(empty_engine)

    for way in (database.upgrade, database.downgrade):
        with pytest.raises(InvalidInput, match=re.escape(f"There is no revision {given}.")):
            way(empty_engine, given)


def test_a_revision_in_the_other_direction_is_refused(empty_engine: Engine) -> None:
    with pytest.raises(InvalidInput, match="The database is at revision base. Use `watchwright db upgrade 001`"):
        database.downgrade(empty_engine, "001")
    database.upgrade(empty_engine, "1a96e5049f0d")
    with pytest.raises(InvalidInput, match="Use `watchwright db downgrade 001`"):
        database.upgrade(empty_engine, "001")

    database.downgrade(empty_engine, "-1")

    assert database.current(empty_engine) == "001"


def test_a_failed_migration_leaves_foreign_keys_on(empty_engine: Engine) -> None:
    database.upgrade(empty_engine)
    with pytest.raises(InvalidInput, match="There is no revision no-such-revision"):
        database.upgrade(empty_engine, "no-such-revision")

    with empty_engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1


@pytest.fixture
def file_store(tmp_path: Path) -> Engine:
    """A bound SQLite store in a file."""
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    Base.metadata.create_all(engine)
    database.bind(engine)
    return engine


def test_a_block_that_raises_is_rolled_back(file_store: Engine) -> None:
    def fail() -> None:
        with database.session_scope() as db:
            make_website(db)
            raise RuntimeError("halfway")

    with pytest.raises(RuntimeError, match="halfway"):
        fail()

    with database.session_scope() as db:
        assert WebsiteCRUD.get_all(db) == ([], 0)


async def test_in_session_commits_and_returns_a_usable_result(file_store: Engine) -> None:
    website = await database.in_session(WebsiteCRUD.create, WebsiteCreate(url="https://a.example", name="Shop"))

    assert website.name == "Shop"
    items, total = await database.in_session(WebsiteCRUD.get_all, skip=0, limit=50)
    assert ([item.id for item in items], total) == ([website.id], 1)


async def test_a_cancelled_call_raises_only_after_its_work_has_ended(file_store: Engine) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def write_slowly(db: Session) -> None:
        make_website(db)
        begun.set()
        assert go_on.wait(30)

    working = asyncio.create_task(database.in_session(write_slowly))
    await asyncio.to_thread(begun.wait, 30)
    working.cancel()
    await asyncio.wait([working], timeout=0.2)
    assert not working.done()
    go_on.set()

    with pytest.raises(asyncio.CancelledError):
        await working
    with database.session_scope() as db:
        assert WebsiteCRUD.get_all(db)[1] == 1


def test_concurrent_readers_that_become_writers_all_succeed(file_store: Engine) -> None:
    with database.session_scope() as db:
        website_id = make_website(db, check_interval=10, name="0").id

    def count_up(db: Session) -> None:
        website = db.get_one(Website, website_id)
        website.name = str(int(website.name) + 1)

    with ThreadPoolExecutor(8) as pool:
        for run in [pool.submit(database.run_in_session, count_up) for _ in range(80)]:
            run.result(timeout=60)

    with database.session_scope() as db:
        assert db.scalar(select(Website.name)) == "80"


def test_a_writer_waits_for_another_writer(file_store: Engine, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    website = WebsiteCreate(url="https://a.example")

    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(lambda: database.run_in_session(WebsiteCRUD.create, website))
        assert not writing.done()
        other.execute("COMMIT")
        writing.result(timeout=30)

    with database.session_scope() as db:
        assert db.scalar(select(func.count()).select_from(Website)) == 1
    other.close()


def test_a_lock_timeout_raises_without_a_second_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    Base.metadata.create_all(engine)
    database.bind(engine)
    other = sqlite3.connect(tmp_path / "store.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *statement: asked.append(statement[2]))

    with pytest.raises(OperationalError, match="locked"):
        database.run_in_session(WebsiteCRUD.create, WebsiteCreate(url="https://a.example"))

    assert asked.count("BEGIN IMMEDIATE") == 1
    other.close()
    engine.dispose()


def test_a_stalled_transaction_blocks_others_only_briefly(empty_engine: Engine) -> None:
    if empty_engine.dialect.name == "sqlite":
        return  # SQLite's lock ends with the process
    database.upgrade(empty_engine)
    stalling = database.make_engine(empty_engine.url.render_as_string(hide_password=False))
    with Session(empty_engine) as db:
        website_id = make_website(db).id
        db.commit()
    held = select(Website.id).where(Website.id == website_id).with_for_update()

    stalled = Session(stalling)
    database.release_when_stalled(stalled, 0.2)
    stalled.execute(held)
    with Session(empty_engine) as other:
        other.execute(text("SET LOCAL lock_timeout = '10s'"))
        found = other.scalar(held)

    assert found == website_id
    with pytest.raises(DBAPIError, match="idle-in-transaction"):
        stalled.execute(held)
    stalled.close()
    stalling.dispose()


def test_a_transaction_waits_only_briefly_for_a_lock(empty_engine: Engine) -> None:
    if empty_engine.dialect.name == "sqlite":
        return  # SQLite has one lock, and `core.sqlite` sets its timeout
    database.upgrade(empty_engine)

    with Session(empty_engine) as locking, Session(empty_engine) as waiting:
        locking.execute(text("LOCK TABLE websites"))
        database.release_when_stalled(waiting, lock_seconds=0.1)
        with pytest.raises(OperationalError, match="lock timeout"):
            waiting.scalar(select(func.count()).select_from(Website))
