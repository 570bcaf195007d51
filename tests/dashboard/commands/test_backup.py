"""`watchwright backup` and `restore`, as an administrator types them."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from core.errors import AlreadyExists
from dashboard.cli_app import app


def _run(*arguments: str) -> str:
    done = CliRunner().invoke(app, arguments)
    if done.exception is not None:
        raise done.exception
    return done.output


def test_website_that_was_removed_by_mistake_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    copy = str(tmp_path / "copy.sqlite3")
    _run("website", "add", "https://shop.example")

    assert "is copied to" in _run("backup", copy)
    with pytest.raises(AlreadyExists):
        _run("backup", copy)
    _run("website", "remove", "https://shop.example", "--yes")
    _run("restore", copy)

    assert "shop.example" in _run("website", "list")
    assert "anew" in _run("db", "rebuild-rollups")
