"""Checks are stored even if the store is locked or full, or the process ends."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from psycopg.errors import DiskFull
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from core import database, sqlite
from core.models import MonitorCheck
from core.monitoring.judged_result import JudgedResult, Recorded
from core.monitoring.record import record, record_once
from core.services import MonitorCheckCRUD
from core.workers import check_writer, disk_reserve
from core.workers.check_writer import CheckWriter
from core.workers.spool import FILE
from core.workers.store_refusal import DISK_FULL, RESERVE_USED, SERVER_FULL, STORE_MOVED
from tests.factories import at, make_website
from tests.probe_results import BAD, judged_check
from tests.waiting import until


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_writer, "RETRY_SECONDS", 0.05)
    monkeypatch.setattr(check_writer, "GAP_SECONDS", 0.0)
    monkeypatch.setattr(check_writer, "PATIENCE_SECONDS", 0.05)
    monkeypatch.setattr(check_writer, "RESERVE_SECONDS", 0.05)
    monkeypatch.setattr(check_writer, "TAKE_OVER_SECONDS", 0.05)
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 100)


@pytest.fixture
def website(stored: Engine) -> int:
    with database.session_scope() as db:
        return make_website(db).id


@contextmanager
def held(store: Engine) -> Iterator[None]:
    """Another program is writing, and takes its time."""
    with closing(sqlite3.connect(store.url.database or "", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def checks_of(website: int) -> list[MonitorCheck]:
    with database.session_scope() as db:
        return list(MonitorCheckCRUD.get_by_website(db, website, limit=1_000)[0])


def is_held(folder: Path, count: int) -> bool:
    file = folder / FILE
    return file.exists() and file.read_bytes().count(b"\n") >= count


def move(file: Path, target: Path) -> None:
    file.rename(target)


async def let_die(killed: CheckWriter) -> None:
    """As kill -9 does: nothing else of `stop` is done, and the system frees its locks."""
    await killed._background.stop()
    killed._own.close()


def moments(website: int) -> list[float]:
    return sorted((check.checked_at - at(0)).total_seconds() for check in checks_of(website))


def story(website: int, count: int, *, since: int = 0) -> list[JudgedResult]:
    return [judged_check(website, second, BAD) for second in range(since, since + count)]


async def test_full_batches_are_stored_without_a_pause(
    stored: Engine, website: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_writer, "GAP_SECONDS", 3_600.0)
    monkeypatch.setattr(check_writer, "BATCH_SIZE", 2)
    kept = CheckWriter(tmp_path)
    kept.start()

    for judged in story(website, 6):
        kept.keep(judged)

    await until(lambda: moments(website) == [0, 1, 2, 3, 4, 5])
    await kept.stop()


async def test_a_store_that_refuses_checks_is_logged_once_and_so_is_its_return(
    stored: Engine, website: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    refusals: list[str] = []

    @event.listens_for(stored, "before_cursor_execute")
    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if len(refusals) < 3 and statement.startswith("INSERT INTO monitor_checks"):
            refusals.append(statement)
            raise OperationalError(statement, None, sqlite3.OperationalError("disk I/O error"))

    kept = CheckWriter(tmp_path)
    kept.start()
    kept.keep(judged_check(website, 0))
    await until(lambda: moments(website) == [0])
    await kept.stop()

    assert caplog.messages == ["checks cannot be stored for now", "checks are stored again"]


@pytest.mark.parametrize("mistake", [KeyError("region"), OverflowError("too far"), AssertionError()])
async def test_a_check_that_raises_an_error_does_not_prevent_storing_others(
    stored: Engine, website: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mistake: Exception
) -> None:
    def stumbling(storing: Callable[..., list[Recorded]]) -> Callable[..., list[Recorded]]:
        def store(db: Session, results: Sequence[JudgedResult], *given: Any) -> list[Recorded]:
            if any(judged.result.started_at == at(1) for judged in results):
                raise mistake
            return storing(db, results, *given)

        return store

    monkeypatch.setattr(check_writer, "record", stumbling(record))
    monkeypatch.setattr(check_writer, "record_once", stumbling(record_once))
    kept = CheckWriter(tmp_path)
    kept.start()

    for judged in story(website, 3):
        kept.keep(judged)

    await until(lambda: moments(website) == [0, 2])
    assert kept.trouble is None
    await kept.stop()


async def test_checks_wait_in_a_file_while_another_process_locks_the_store(
    stored: Engine, website: int, tmp_path: Path
) -> None:
    kept = CheckWriter(tmp_path)
    kept.start()
    with held(stored):
        for judged in story(website, 3):
            kept.keep(judged)
        await until(lambda: is_held(tmp_path, 3))

    await until(lambda: not (tmp_path / FILE).exists())
    await kept.stop()

    assert moments(website) == [0, 1, 2]
    assert kept.trouble is None


async def test_checks_held_by_a_killed_process_are_stored_by_the_next_one(
    stored: Engine, website: int, tmp_path: Path
) -> None:
    killed = CheckWriter(tmp_path)
    killed.start()
    with held(stored):
        for judged in story(website, 3):
            killed.keep(judged)
        await until(lambda: is_held(tmp_path, 3))
        await let_die(killed)
    with database.session_scope() as db:  # one of them got there before the kill
        record_once(db, story(website, 1))

    after = CheckWriter(tmp_path)
    after.start()
    after.keep(judged_check(website, 3))
    await until(lambda: not (tmp_path / FILE).exists() and len(checks_of(website)) == 4)
    await after.stop()

    assert moments(website) == [0, 1, 2, 3]


async def test_checks_held_by_a_killed_worker_are_stored_by_another(
    stored: Engine, website: int, tmp_path: Path
) -> None:
    killed, other = CheckWriter(tmp_path), CheckWriter(tmp_path)
    killed.start()
    other.start()
    with held(stored):
        for judged in story(website, 3):
            killed.keep(judged)
        other.keep(judged_check(website, 3))
        await until(lambda: is_held(tmp_path, 3) and is_held(tmp_path / "held-2", 1))
        await let_die(killed)

    await until(lambda: len(checks_of(website)) == 4)
    await other.stop()

    assert moments(website) == [0, 1, 2, 3]
    assert not (tmp_path / FILE).exists()


async def test_checks_wait_while_the_store_is_moved_away(stored: Engine, website: int, tmp_path: Path) -> None:
    file = Path(stored.url.database or "")
    writer = CheckWriter(tmp_path / "held")
    writer.start()
    writer.keep(judged_check(website, 0))
    await until(lambda: checks_of(website))

    move(file, tmp_path / "away.sqlite3")
    writer.keep(judged_check(website, 60))
    await until(lambda: writer.trouble == STORE_MOVED and is_held(tmp_path / "held", 1))
    assert len(checks_of(website)) == 1
    move(tmp_path / "away.sqlite3", file)

    await until(lambda: len(checks_of(website)) == 2)
    await until(lambda: writer.trouble is None)
    await writer.stop()


async def test_on_a_full_disk_the_reserve_is_used_and_no_check_is_lost(
    stored: Engine, website: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits = {"pages": pages(stored)}

    @event.listens_for(stored, "checkout")
    def limit(connection: Any, _record: Any, _proxy: Any) -> None:
        connection.execute(
            f"PRAGMA max_page_count = {limits['pages']}"
        )  # SQLite says of it what it says of a full disk

    kept = CheckWriter(tmp_path)
    kept.start()
    await until((tmp_path / disk_reserve.FILE).exists)
    monkeypatch.setattr(disk_reserve, "PLENTY", 1 << 60)  # or it is kept anew: this machine's disk has room
    for judged in story(website, 300):
        kept.keep(judged)
    await until(lambda: kept.trouble == DISK_FULL and is_held(tmp_path, 300))
    assert not (tmp_path / disk_reserve.FILE).exists()

    limits["pages"] = 1 << 30
    await until(lambda: not (tmp_path / FILE).exists())
    assert kept.trouble == RESERVE_USED
    monkeypatch.setattr(disk_reserve, "PLENTY", 1)
    await until(lambda: kept.trouble is None)
    await kept.stop()

    assert moments(website) == list(range(300))


async def test_the_reserve_is_kept_when_another_disk_is_full(stored: Engine, website: int, tmp_path: Path) -> None:
    is_full = True

    @event.listens_for(stored, "before_cursor_execute")
    def refuse(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if is_full and statement.startswith("INSERT INTO monitor_checks"):
            raise OperationalError(statement, None, DiskFull("could not extend file"))

    kept = CheckWriter(tmp_path)
    kept.start()
    await until((tmp_path / disk_reserve.FILE).exists)
    kept.keep(judged_check(website, 0))
    await until(lambda: kept.trouble == SERVER_FULL and is_held(tmp_path, 1))
    assert (tmp_path / disk_reserve.FILE).exists()

    is_full = False
    await until(lambda: kept.trouble is None and len(checks_of(website)) == 1)
    await kept.stop()


async def test_without_room_for_the_file_the_newest_checks_are_held_in_memory(
    stored: Engine, website: int, tmp_path: Path
) -> None:
    (tmp_path / FILE).mkdir()  # a file that can not be written, for root neither
    kept = CheckWriter(tmp_path)
    kept.start()
    with held(stored):
        for judged in story(website, 3):
            kept.keep(judged)
        await until(lambda: "held in memory" in (kept.trouble or ""))

    await until(lambda: len(checks_of(website)) == 3)
    await kept.stop()

    assert moments(website) == [0, 1, 2]


async def test_stopping_spools_checks_that_the_store_rejects(stored: Engine, website: int, tmp_path: Path) -> None:
    kept = CheckWriter(tmp_path)
    kept.start()
    with held(stored):
        kept.keep(judged_check(website))
        await kept.stop()

    assert is_held(tmp_path, 1)


def pages(store: Engine) -> int:
    with store.connect() as connection:
        return int(connection.exec_driver_sql("PRAGMA page_count").scalar_one())
