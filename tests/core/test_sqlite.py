"""SQLite is configured for several processes, small writes and a private file."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine, insert, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import database, sqlite
from core.models import MonitorCheck
from core.monitoring.record import record
from core.services.backup import backup, restore
from core.sqlite import BUSY_TIMEOUT_MS, LOG_BYTES, PAGE_BYTES
from tests.factories import at, make_website
from tests.probe_results import judged_check
from tests.sqlite import new_store


def _address(file: Path) -> str:
    return f"sqlite:///{file}"


def test_connections_have_wal_foreign_keys_and_a_busy_timeout(tmp_path: Path) -> None:
    engine = database.make_engine(_address(tmp_path / "new folder" / "store.sqlite3"))

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_TIMEOUT_MS


def test_only_the_owner_can_read_the_store(tmp_path: Path) -> None:
    engine = database.make_engine(_address(tmp_path / "new" / "store.sqlite3"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE things (id INTEGER)"))
        files = sorted((tmp_path / "new").iterdir())

        assert {file.name: oct(file.stat().st_mode & 0o777) for file in files} == {
            "store.sqlite3": "0o600",
            "store.sqlite3-shm": "0o600",
            "store.sqlite3-wal": "0o600",
        }
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    engine.dispose()


def test_a_new_store_has_small_pages(tmp_path: Path) -> None:
    engine = database.make_engine(_address(tmp_path / "store.sqlite3"))
    database.upgrade(engine)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA page_size").scalar() == PAGE_BYTES
        assert connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar() == LOG_BYTES // PAGE_BYTES


def test_checks_of_websites_with_history_write_few_bytes(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite3"
    new_store(file)
    engine = database.make_engine(_address(file))
    with Session(engine) as db:
        websites = [make_website(db).id for _ in range(40)]
        past = [(website_id, at(60 * number)) for number in range(100) for website_id in websites]
        db.execute(
            insert(MonitorCheck), [{"website_id": one, "status": "UP", "checked_at": when} for one, when in past]
        )
        db.commit()
        for number in range(100, 110):  # by now all have a state, partly in the log
            _record_all(db, websites, number)
        log = file.with_name(f"{file.name}-wal")
        before = log.stat().st_size

        for number in range(110, 130):
            _record_all(db, websites, number)

        written = log.stat().st_size - before
    engine.dispose()
    assert written / (20 * len(websites)) < 2_300


def _record_all(db: Session, websites: Sequence[int], number: int) -> None:
    for first in range(0, len(websites), 20):
        record(db, [judged_check(one, 60 * number) for one in websites[first : first + 20]])
        db.commit()


def test_a_store_with_large_pages_keeps_them_until_it_is_restored(tmp_path: Path) -> None:
    file, copy = tmp_path / "store.sqlite3", tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(file)) as older:
        older.execute("PRAGMA page_size = 4096")
        older.execute("VACUUM")
    engine = database.make_engine(_address(file))
    database.upgrade(engine)
    with engine.connect() as connection:
        before = connection.exec_driver_sql("PRAGMA page_size").scalar()
        folded_after = connection.exec_driver_sql("PRAGMA wal_autocheckpoint").scalar()

    backup(engine, copy)
    restore(engine, copy)

    with engine.connect() as connection:
        after = connection.exec_driver_sql("PRAGMA page_size").scalar()
    assert (before, folded_after, after) == (4096, LOG_BYTES // 4096, PAGE_BYTES)


def test_lower_handles_every_alphabet(tmp_path: Path) -> None:
    engine = database.make_engine(_address(tmp_path / "store.sqlite3"))

    with engine.connect() as connection:
        lower = connection.execute(text("SELECT lower('ÜBERSICHT Магазин'), lower(NULL), lower(7)")).one()

    assert tuple(lower) == ("übersicht магазин", None, "7")


def test_a_read_only_file_raises_without_a_retry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(tmp_path / "store.sqlite3")) as made:
        made.execute("CREATE TABLE marks (id int)")
    engine = create_engine(f"sqlite:///file:{tmp_path / 'store.sqlite3'}?mode=ro&uri=true")
    sqlite.configure(engine, None)
    monkeypatch.setattr(sqlite, "sleep", lambda _seconds: pytest.fail("it waits for what does not change"))

    with pytest.raises(OperationalError, match="readonly"):
        engine.connect()
