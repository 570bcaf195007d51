"""`watchwright backup` and `watchwright restore`."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import AlreadyExists, NotFound, StoreError
from core.sealing import KEY_FILE
from dashboard.command_line.app import app


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception is not None:
        raise done.exception
    return done.output


def test_a_deleted_website_is_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    copy = str(tmp_path / "copy.sqlite3")
    _run("website", "add", "https://shop.example")

    assert "is copied to" in _run("backup", copy)
    with pytest.raises(AlreadyExists):
        _run("backup", copy)
    _run("website", "remove", "https://shop.example", "--yes")
    _run("restore", copy)

    assert "shop.example" in _run("website", "list")
    assert "recalculated" in _run("db", "rebuild-rollups")


def test_a_restored_backup_needs_its_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new, copy = tmp_path / "old", tmp_path / "new", str(tmp_path / "copy.sqlite3")
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(old))
    _run("website", "add", "https://shop.example", "--bearer-token", "tok-5ecret")
    _run("backup", copy)
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(new))

    with pytest.raises(StoreError, match=r"secret\.key is missing"):
        _run("restore", copy)
    assert not (new / KEY_FILE).exists()
    (new / KEY_FILE).write_bytes((old / KEY_FILE).read_bytes())

    assert "shop.example" in _run("website", "list")


@pytest.mark.parametrize(
    "command",
    [("backup", "FILE"), ("db", "copy", "sqlite:///FILE"), ("db", "downgrade", "base"), ("db", "rebuild-rollups")],
)
def test_a_missing_store_is_an_error(command: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))

    with pytest.raises(NotFound, match="^There is no database at .*data/watchwright.sqlite3. Set WATCHWRIGHT_DATA_DIR"):
        _run(*(part.replace("FILE", str(tmp_path / "copy.sqlite3")) for part in command))

    assert list(tmp_path.iterdir()) == []
