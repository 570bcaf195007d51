"""`watchwright db copy`."""

import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from core import database
from core.errors import AlreadyExists, StoreError
from dashboard.command_line.app import app
from tests import postgres
from tests.command import run


def test_a_store_is_copied_and_used_from_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))
    copy = f"sqlite:///{tmp_path / 'copy.sqlite3'}"
    CliRunner().invoke(app, ["website", "add", "https://shop.example"], catch_exceptions=False)

    told = CliRunner().invoke(app, ["db", "copy", copy], catch_exceptions=False).output

    assert "websites                           1" in told
    assert "WATCHWRIGHT_DATABASE_URL" in told
    with pytest.raises(AlreadyExists):
        CliRunner().invoke(app, ["db", "copy", copy], catch_exceptions=False)
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", copy)
    assert "shop.example" in CliRunner().invoke(app, ["website", "list"], catch_exceptions=False).output


@pytest.mark.parametrize("way", ["upgrade", "downgrade"])
def test_an_unknown_revision_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    run("db", "upgrade")

    refused = run("db", way, "nonsense")

    assert refused.returncode == 2
    assert refused.stderr.startswith("watchwright: There is no revision nonsense. Give head or one that ")


@pytest.mark.parametrize("command", [("upgrade",), ("downgrade", "base"), ("current",)], ids=" ".join)
def test_an_unreachable_store_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", f"postgresql://me@/nothing?host={tmp_path}")

    refused = run("db", *command)

    assert refused.returncode == 3
    assert refused.stderr.startswith("watchwright: The database at ") and refused.stderr.count("\n") == 1


def test_a_read_only_store_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with postgres.engine() as engine:
        database.upgrade(engine)
        with engine.begin() as connection:
            name = engine.url.database
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
        monkeypatch.setenv("WATCHWRIGHT_DATABASE_URL", engine.url.render_as_string(hide_password=False))

        refused = run("website", "add", "https://shop.example")

    assert refused.returncode == 3
    assert "read-only transaction" in refused.stderr and refused.stderr.count("\n") == 1


@pytest.mark.parametrize("url", ["mysql://host/name", "no url", ""])
def test_an_unsupported_database_is_refused_with_a_sentence(url: str) -> None:
    refused = run("db", "copy", url)

    assert refused.returncode == 2
    assert refused.stderr.startswith("watchwright: URL must")


def test_timescale_is_refused_without_the_extension(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))

    with pytest.raises(StoreError, match="has no TimescaleDB"):
        CliRunner().invoke(app, ["db", "timescale"], catch_exceptions=False)
    with pytest.raises(StoreError, match="not in TimescaleDB chunks"):
        CliRunner().invoke(app, ["db", "timescale", "--undo"], catch_exceptions=False)


def test_creating_a_store_is_reported_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))

    first, second = run("website", "list"), run("website", "list")

    assert first.stderr == f"watchwright: Created a new database, {tmp_path / 'watchwright.sqlite3'}.\n"
    assert (second.stdout, second.stderr) == (first.stdout, "")


def test_uptime_of_an_older_store_is_calculated_by_the_upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))
    run("db", "upgrade", "1a96e5049f0d")
    with sqlite3.connect(tmp_path / "watchwright.sqlite3") as store:
        at = "'2026-03-01 12:00:00'"
        store.execute(f"INSERT INTO websites VALUES (1, 'https://a.example/', 'a', NULL, 60, 10, 1, {at}, {at})")
        store.execute(
            "INSERT INTO monitor_checks (website_id, status, http_method, checked_at, created_at) "
            f"VALUES (1, 'UP', 'GET', {at}, {at})"
        )

    run("db", "upgrade")

    with sqlite3.connect(tmp_path / "watchwright.sqlite3") as store:
        (known,) = store.execute("SELECT count(*) FROM website_states WHERE known_since IS NOT NULL").fetchone()
    assert known == 1
