"""What is made in the data folder belongs to the folder's owner, and nothing else is given away."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core import database
from core.config import Settings
from core.own_files import is_there, make_file, make_folder
from core.sealing import Sealer
from core.workers.ballast import Ballast
from core.workers.lease import FileLease
from core.workers.own_folder import OwnFolder
from tests.users import NOBODY, nobody

as_root = pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root works for somebody else")


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
        pytest.param(lambda folder: Ballast(folder).make(), id="ballast"),
        pytest.param(lambda folder: make_folder(folder / "sockets"), id="sockets"),
    ],
)
def test_what_root_makes_is_the_services(tmp_path: Path, make: Callable[[Path], object]) -> None:
    folder = tmp_path / "service"
    folder.mkdir(mode=0o700)
    os.chown(folder, NOBODY, NOBODY)

    make(folder)

    made = list(folder.rglob("*"))
    assert made
    assert {(path.stat().st_uid, path.stat().st_gid) for path in made} == {(NOBODY, NOBODY)}
    assert not any(path.stat().st_mode & 0o077 for path in made)


@as_root
def test_what_was_there_is_not_given_away(tmp_path: Path) -> None:
    folder, precious = tmp_path / "service", tmp_path / "shadow"
    folder.mkdir()
    precious.write_text("root's")
    os.chown(folder, NOBODY, NOBODY)
    (folder / "file").symlink_to(precious)
    (folder / "folder").symlink_to(tmp_path)

    make_file(folder / "file")
    make_folder(folder / "folder")

    assert precious.stat().st_uid == 0
    assert tmp_path.stat().st_uid == 0


def test_what_cannot_be_looked_at_is_not_there(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    (closed / "file").touch()
    closed.chmod(0)

    with nobody(tmp_path):
        assert not is_there(closed / "file")

    closed.chmod(0o700)
    assert is_there(closed / "file")
