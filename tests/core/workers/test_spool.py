"""Spooled checks survive a crash in order, without secrets."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from core.monitoring.certificate import Certificate
from core.workers import spool as spools
from core.workers.spool import FILE, Spool
from tests.factories import at
from tests.probe_results import BAD, GOOD, judged_check

SECURED = replace(
    GOOD,
    certificate_expires_at=at(86_400),
    certificate=Certificate(
        issuer="CA",
        subject="shop.example",
        names=("shop.example",),
        expires_at=at(86_400),
        starts_at=at(0),
        chain=("CA",),
    ),
    redirects=("http://shop.example/",),
)
FINDINGS = [judged_check(1), judged_check(2, 1, BAD, lag_ms=3.5), judged_check(3, 2, SECURED)]


def test_spooled_results_are_read_unchanged(tmp_path: Path) -> None:
    Spool(tmp_path).add(FINDINGS)

    assert Spool(tmp_path).oldest(10) == FINDINGS


def test_stored_results_are_dropped_and_the_file_is_deleted_with_the_last(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(FINDINGS)

    assert spool.oldest(2) == FINDINGS[:2]
    spool.forget_oldest()
    assert spool.oldest(2) == FINDINGS[2:]
    spool.forget_oldest()

    assert spool.is_empty
    assert not (tmp_path / FILE).exists()


def test_a_line_torn_by_a_crash_does_not_affect_others(tmp_path: Path) -> None:
    Spool(tmp_path).add(FINDINGS[:2])
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes()[:-40])

    after = Spool(tmp_path)
    after.add(FINDINGS[2:])

    assert after.oldest(10) == [FINDINGS[0], FINDINGS[2]]


def test_a_folder_moved_away_is_not_created_again_and_is_used_when_it_is_back(tmp_path: Path) -> None:
    folder, moved = tmp_path / "data", tmp_path / "moved"
    folder.mkdir()
    spool = Spool(folder)
    spool.add(FINDINGS[:1])

    folder.rename(moved)
    with pytest.raises(FileNotFoundError):
        spool.add(FINDINGS[1:])
    with pytest.raises(FileNotFoundError):
        spool.oldest(10)
    is_made = folder.exists()
    moved.rename(folder)
    spool.add(FINDINGS[1:])

    assert not is_made
    assert spool.oldest(10) == FINDINGS


def test_a_removed_file_contains_no_results(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(FINDINGS)

    (tmp_path / FILE).unlink()

    assert spool.oldest(10) == [] and spool.is_empty


@pytest.mark.parametrize("left_bytes", [None, 0, 10], ids=["removed", "emptied", "cut"])
def test_the_spool_works_after_its_file_was_truncated_or_deleted(tmp_path: Path, left_bytes: int | None) -> None:
    spool, file = Spool(tmp_path), tmp_path / FILE
    spool.add([judged_check(1, second) for second in range(6)])
    spool.oldest(3)
    spool.forget_oldest()
    if left_bytes is None:
        file.unlink()
    else:
        os.truncate(file, left_bytes)

    spool.add([judged_check(1, 60)])

    assert [finding.result.started_at for finding in spool.oldest(10)] == [at(60)]
    spool.forget_oldest()
    assert spool.is_empty


def test_a_truncated_file_can_be_emptied(tmp_path: Path) -> None:
    spool, file = Spool(tmp_path), tmp_path / FILE
    spool.add([judged_check(1, second) for second in range(6)])
    os.truncate(file, file.stat().st_size // 2)

    assert len(spool.oldest(10)) == 3
    spool.forget_oldest()

    assert spool.is_empty
    assert not file.exists()


def test_only_the_owner_can_read_the_file_and_it_has_no_headers_or_bodies(tmp_path: Path) -> None:
    secret = replace(GOOD, headers=(("set-cookie", "session=swordfish"),), body=b"swordfish")

    Spool(tmp_path).add([judged_check(1, result=secret)])

    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert b"swordfish" not in (tmp_path / FILE).read_bytes()


def test_without_room_a_batch_is_not_stored_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool(tmp_path)
    spool.add(FINDINGS[:1])
    monkeypatch.setattr(spools, "LIMIT_BYTES", (tmp_path / FILE).stat().st_size + 10)

    with pytest.raises(OSError, match="as large as it may be"):
        spool.add(FINDINGS[1:])

    assert spool.oldest(10) == FINDINGS[:1]


def test_spools_of_dead_processes_are_taken_over_and_deleted(tmp_path: Path) -> None:
    folders = [tmp_path / "held-2", tmp_path / "held-3"]
    for folder, finding in zip(folders, FINDINGS, strict=False):
        folder.mkdir(exist_ok=True)
        Spool(folder).add([finding])
    spool = Spool(tmp_path)

    spool.take_over(folders)

    assert spool.oldest(10) == FINDINGS[:2]
    assert not any((folder / FILE).exists() for folder in folders)
