"""Each of several processes has a folder alone, and finds what those left that are gone."""

from pathlib import Path

from core.workers.own_folder import OwnFolder


def test_the_first_has_the_data_folder_and_each_other_one_beneath_it(tmp_path: Path) -> None:
    owned = [OwnFolder(tmp_path / "data") for _ in range(3)]

    assert [one.path for one in owned] == [tmp_path / "data", tmp_path / "data/held-2", tmp_path / "data/held-3"]

    owned[1].close()
    assert OwnFolder(tmp_path / "data").path == tmp_path / "data/held-2"


def test_what_is_left_is_whose_process_is_gone(tmp_path: Path) -> None:
    first, second, third = (OwnFolder(tmp_path) for _ in range(3))
    first.close()
    third.close()

    assert list(second.left()) == [tmp_path, tmp_path / "held-3"]


def test_where_no_folder_can_be_made_it_is_ours_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    assert OwnFolder(tmp_path / "file/data").path == tmp_path / "file/data"
