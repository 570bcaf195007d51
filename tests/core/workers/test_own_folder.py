"""Each process has its own folder, and finds the folders of dead processes."""

from pathlib import Path

from core.workers.own_folder import OwnFolder, folders
from tests.users import nobody


def test_the_first_process_uses_the_data_folder_and_each_other_one_a_subfolder(tmp_path: Path) -> None:
    owned = [OwnFolder(tmp_path / "data") for _ in range(3)]

    assert [one.path for one in owned] == [tmp_path / "data", tmp_path / "data/held-2", tmp_path / "data/held-3"]

    owned[1].close()
    assert OwnFolder(tmp_path / "data").path == tmp_path / "data/held-2"


def test_only_folders_of_dead_processes_are_returned(tmp_path: Path) -> None:
    first, second, third = (OwnFolder(tmp_path) for _ in range(3))
    first.close()
    third.close()

    assert list(second.left()) == [tmp_path, tmp_path / "held-3"]


def test_a_folder_that_cannot_be_created_is_used_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert OwnFolder(tmp_path / "file/data").path == tmp_path / "file/data"


def test_an_unreadable_folder_has_no_folders_of_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "data" / "held-2").mkdir(parents=True)
    closed.chmod(0)

    with nobody(tmp_path):
        assert folders(closed / "data") == [closed / "data"]

    closed.chmod(0o700)
