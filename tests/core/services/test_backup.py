"""A backup is complete despite writers, and a restore succeeds or changes nothing."""

import os
import shutil
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine

from core import database
from core.errors import AlreadyExists, InvalidInput, NotFound, StoreError
from core.models import MonitorCheck, MonitorStatus
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD, WebsiteCRUD
from core.services.backup import backup, restore
from tests.factories import make_website


def _names() -> list[str]:
    with database.session_scope() as db:
        return [website.name for website in WebsiteCRUD.get_all(db)[0]]


def test_a_restored_store_is_as_it_was_when_copied(stored: Engine, tmp_path: Path) -> None:
    with database.session_scope() as db:
        make_website(db, name="then")
    size = backup(stored, tmp_path / "copy.sqlite3")
    with database.session_scope() as db:
        make_website(db, name="later")

    restore(stored, tmp_path / "copy.sqlite3")

    assert size == (tmp_path / "copy.sqlite3").stat().st_size
    assert _names() == ["then"]
    assert database.current(stored) == database.latest_revision()
    with sqlite3.connect(tmp_path / "store.sqlite3.before-restore") as before:
        assert before.execute("SELECT count(*) FROM websites").fetchone() == (2,)
    before.close()


def test_a_copy_is_consistent_during_writes(stored: Engine, tmp_path: Path) -> None:
    with database.session_scope() as db:
        website_id = make_website(db).id
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with database.session_scope(immediate=True) as db:
                check = MonitorCheckCreate(website_id=website_id, status=MonitorStatus.UP)
                MonitorCheckCRUD.bulk_create(db, [check] * 10)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        sizes = [backup(stored, tmp_path / f"copy-{number}.sqlite3") for number in range(3)]
    finally:
        stop.set()
        writer.join()

    assert all(sizes)
    for number in range(3):
        with create_engine(f"sqlite:///{tmp_path}/copy-{number}.sqlite3").connect() as copy:
            assert copy.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
            assert (copy.exec_driver_sql(f"SELECT count(*) FROM {MonitorCheck.__tablename__}").scalar() or 0) % 10 == 0


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root restores for somebody else")
@pytest.mark.parametrize("is_new", [False, True], ids=["over a store", "on a new machine"])
def test_a_store_restored_by_root_belongs_to_the_owner(stored: Engine, tmp_path: Path, is_new: bool) -> None:
    backup(stored, tmp_path / "copy.sqlite3")
    folder = tmp_path / "service"
    folder.mkdir()
    store = folder / "store.sqlite3"
    if not is_new:
        shutil.copy(tmp_path / "copy.sqlite3", store)
    for path in (folder, *folder.iterdir()):
        os.chown(path, 65534, 65534)

    restore(database.make_engine(f"sqlite:///{store}"), tmp_path / "copy.sqlite3")

    assert {path.stat().st_uid for path in folder.iterdir()} == {65534}


def test_an_existing_file_is_not_overwritten(stored: Engine, tmp_path: Path) -> None:
    (tmp_path / "copy").write_text("precious")

    with pytest.raises(AlreadyExists, match="Choose another file"):
        backup(stored, tmp_path / "copy")

    assert (tmp_path / "copy").read_text() == "precious"


def test_an_incomplete_copy_does_not_have_the_name_of_the_backup(stored: Engine, tmp_path: Path) -> None:
    file, seen = tmp_path / "copy.sqlite3", []
    (tmp_path / "copy.sqlite3.partial").write_text("left by one that was killed")
    with stored.connect() as connection:  # which is used next, too
        raw = connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        raw.set_progress_handler(lambda: seen.append(file.exists()), 100)

    backup(stored, file)

    assert seen
    assert not any(seen)
    assert [one.name for one in tmp_path.glob("copy*")] == ["copy.sqlite3"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("no such folder/copy", "cannot be written: No such file or directory"),
        ("a" * 250, "cannot be written: File name too long"),  # with .partial
        (".", "is a folder. Give the name of a file"),
    ],
    ids=["a missing folder", "a long name", "a folder"],
)
def test_a_file_that_cannot_be_created_is_explained(stored: Engine, tmp_path: Path, name: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        backup(stored, tmp_path / name)


def test_a_file_that_is_no_backup_changes_nothing(stored: Engine, tmp_path: Path) -> None:
    with database.session_scope() as db:
        make_website(db, name="kept")
    (tmp_path / "letter.txt").write_text("Dear reader, " * 100)

    with pytest.raises(StoreError, match="is not a Watchwright database"):
        restore(stored, tmp_path / "letter.txt")
    with pytest.raises(NotFound, match="There is no file"):
        restore(stored, tmp_path / "nothing")

    assert _names() == ["kept"]


def test_a_backup_of_a_newer_version_is_not_restored(stored: Engine, tmp_path: Path) -> None:
    backup(stored, newer := tmp_path / "newer.sqlite3")
    with closing(sqlite3.connect(newer)) as copy, copy:
        copy.execute("UPDATE alembic_version SET version_num = 'fromthefuture'")

    with pytest.raises(StoreError, match="created by a newer Watchwright. Restore it with that version"):
        restore(stored, newer)

    assert database.current(stored) == database.latest_revision()


def test_a_restore_to_a_missing_folder_is_explained(stored: Engine, tmp_path: Path) -> None:
    backup(stored, tmp_path / "copy.sqlite3")
    engine = database.make_engine(f"sqlite:///{tmp_path / 'gone' / 'store.sqlite3'}")
    (tmp_path / "gone").rmdir()

    with pytest.raises(StoreError, match=r"cannot be put into .*/gone: unable to open"):
        restore(engine, tmp_path / "copy.sqlite3")


def test_a_store_in_use_is_not_replaced(stored: Engine, tmp_path: Path) -> None:
    backup(stored, tmp_path / "copy.sqlite3")
    other = sqlite3.connect(tmp_path / "store.sqlite3")
    other.execute("SELECT count(*) FROM websites").fetchone()

    with pytest.raises(StoreError, match="Stop Watchwright, then restore"):
        restore(stored, tmp_path / "copy.sqlite3")

    assert not list(tmp_path.glob("*.restoring"))
    other.close()
    assert _names() == []
