"""Too little free space, and a disk that cannot be read, are reported with a remedy."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from core.doctor_disk import MIN_FREE_BYTES, diagnose_disk


@pytest.mark.parametrize(
    ("free", "is_ok", "words"),
    [(MIN_FREE_BYTES, True, "0.5 GB free for"), (MIN_FREE_BYTES - 1, False, "; free at least 0.5 GB")],
    ids=["enough", "too little"],
)
def test_free_space_is_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_ok: bool, words: str
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: SimpleNamespace(free=free))

    found = diagnose_disk(tmp_path)

    assert (found.name, found.is_ok) == ("Disk", is_ok)
    assert words in found.words


def test_a_folder_that_does_not_exist_yet_is_judged_by_its_parent(tmp_path: Path) -> None:
    assert "GB free" in diagnose_disk(tmp_path / "not" / "yet").words


def test_a_disk_that_cannot_be_read_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise OSError(116, "Stale file handle")

    monkeypatch.setattr(shutil, "disk_usage", fail)

    found = diagnose_disk(tmp_path)

    assert not found.is_ok
    assert "Stale file handle" in found.words
