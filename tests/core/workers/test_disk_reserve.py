"""The disk reserve is created while there is plenty of room, and freed on a full disk."""

import shutil
from pathlib import Path
from typing import NamedTuple

import pytest

from core.workers import disk_reserve
from core.workers.disk_reserve import FILE, DiskReserve


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def test_a_folder_that_was_moved_away_is_not_created_again(tmp_path: Path) -> None:
    assert not DiskReserve(tmp_path / "moved").make()
    assert not (tmp_path / "moved").exists()


def test_the_reserve_is_created_once_and_freed(tmp_path: Path) -> None:
    kept = DiskReserve(tmp_path)

    assert kept.make()
    assert kept.make()
    assert (tmp_path / FILE).stat().st_size == 4_096

    assert kept.free()
    assert not kept.is_there
    assert not kept.free()


def test_a_nearly_full_disk_gets_no_reserve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(total=10_000, used=9_000, free=1_000))

    assert not DiskReserve(tmp_path).make()
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize(("free", "is_given_up"), [(4_096, True), (50_000_000, False)], ids=["full", "room"])
def test_an_existing_reserve_is_found_when_starting_on_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, is_given_up: bool
) -> None:
    kept = DiskReserve(tmp_path)
    kept.make()
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(total=100_000_000, used=0, free=free))

    assert kept.make_room() is is_given_up
    assert kept.is_there is not is_given_up


def test_a_used_reserve_is_recognised_at_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(total=10_000, used=9_000, free=1_000))

    assert DiskReserve(tmp_path).is_used
    monkeypatch.setattr(disk_reserve, "BYTES", 512)
    assert not DiskReserve(tmp_path).is_used
