"""Files created in the data folder belong to the folder's owner; existing files keep their owner."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core import database
from core.config import Settings
from core.owned_files import create_file, create_folder, path_exists
from core.sealing import Sealer
from core.workers.disk_reserve import DiskReserve
from core.workers.lease import FileLease
from core.workers.own_folder import OwnFolder
from tests.users import NOBODY, nobody

as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give files to another user")


def make_store(folder: Path) -> None:
    engine = database.make_engine(f"sqlite:///{folder}/store.sqlite3")
    database.upgrade(engine)
    engine.dispose()


def hold(folder: Path) -> None:
    one, other = OwnFolder(folder), OwnFolder(folder)
    one.close()
    other.close()


def lease(folder: Path) -> None:
    taken = FileLease(folder / "store.monitor")
    assert taken.take()
    taken.release()


@as_root
@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda folder: Sealer.of(Settings(data_dir=folder)), id="key"),
        pytest.param(make_store, id="store"),
        pytest.param(hold, id="folder of held checks"),
        pytest.param(lease, id="lease"),
        pytest.param(lambda folder: DiskReserve(folder).make(), id="disk reserve"),
        pytest.param(lambda folder: create_folder(folder / "sockets"), id="sockets"),
    ],
)
def test_files_that_root_creates_belong_to_the_folders_owner(tmp_path: Path, make: Callable[[Path], object]) -> None:
    folder = tmp_path / "service"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)

    make(folder)

    made = list(folder.rglob("*"))
    assert made
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(NOBODY, NOBODY)}
    assert not any(path.stat().st_mode & 0o077 for path in made)


@as_root
def test_existing_files_keep_their_owner(tmp_path: Path) -> None:
    folder, precious = tmp_path / "service", tmp_path / "shadow"
    folder.mkdir()
    precious.write_text("root's")
    os.chown(folder, NOBODY, NOBODY)
    (folder / "file").symlink_to(precious)
    (folder / "folder").symlink_to(tmp_path)

    create_file(folder / "file")
    create_folder(folder / "folder")

    assert precious.stat().st_uid == 0
    assert tmp_path.stat().st_uid == 0


def test_a_path_in_an_unreadable_folder_does_not_exist(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "file").touch()
    closed.chmod(0)

    with nobody(tmp_path):
        assert not path_exists(closed / "file")

    closed.chmod(0o700)
    assert path_exists(closed / "file")
