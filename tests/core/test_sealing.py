"""Sealed texts cannot be read or altered without the key."""

from pathlib import Path

import pytest

from core.config import Settings
from core.errors import StoreError
from core.sealing import Sealer


def test_sealed_text_opens_again_and_is_unreadable() -> None:
    sealer = Sealer(b"key")

    first, second = sealer.seal("hunter2 ✓"), sealer.seal("hunter2 ✓")

    assert first != second
    assert "hunter2" not in first
    assert sealer.open(first) == sealer.open(second) == "hunter2 ✓"


def test_text_sealed_by_an_earlier_version_opens() -> None:
    sealed = "sealed:1:1329386915b10f3cfcff64445b974ecf2b9c74a89bd113a859e515b320548a96df0913480258"

    assert Sealer(b"a key of long ago").open(sealed) == "tok-5ecret"


def test_altered_text_is_refused() -> None:
    sealer = Sealer(b"key")
    sealed = sealer.seal("hunter2")
    last = "0" if sealed[-1] != "0" else "1"

    for altered in (sealed[:-1] + last, "sealed:1:zz", "sealed:1:"):
        with pytest.raises(StoreError, match=r"secret\.key"):
            sealer.open(altered)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(StoreError):
        Sealer(b"another").open(Sealer(b"key").seal("hunter2"))


def test_the_key_file_is_created_once_and_private(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")

    sealed = Sealer.of(settings).seal("hunter2")

    assert Sealer.of(settings).open(sealed) == "hunter2"
    assert (tmp_path / "data" / "secret.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700


def test_a_key_that_cannot_be_stored_raises_a_store_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StoreError, match="WATCHWRIGHT_SECRET_KEY"):
        Sealer.of(Settings(data_dir=tmp_path / "file"))
