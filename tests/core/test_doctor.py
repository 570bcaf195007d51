"""The doctor finds problems and says how to fix them."""

from pathlib import Path

import pytest
from sqlalchemy import text

from core import database
from core.config import Settings
from core.debugging.browsers.confinement import confinement_of
from core.doctor import examine, require_start
from core.errors import BrowserError
from core.workers.own_folder import OwnFolder
from core.workers.spool import Spool
from tests import postgres
from tests.probe_results import judged_check


def diagnoses(settings: Settings) -> dict[str, tuple[bool, str]]:
    return {diagnosis.name: (diagnosis.is_ok, diagnosis.words) for diagnosis in examine(settings)}


def test_a_store_that_was_never_migrated_needs_an_upgrade(tmp_path: Path) -> None:
    found = diagnoses(Settings(data_dir=tmp_path))

    assert found["Migrations"] == (
        False,
        "the database is empty; `watchwright serve` or `watchwright db upgrade` creates its tables",
    )


@pytest.mark.parametrize(
    ("revision", "words"),
    [
        ("1a96e5049f0d", f"at 1a96e5049f0d; run `watchwright db upgrade` to get to {database.latest_revision()}"),
        ("ffffffffffff", "at ffffffffffff, created by a newer Watchwright; run that version"),
    ],
)
def test_a_store_of_another_version_is_reported_as_older_or_newer(tmp_path: Path, revision: str, words: str) -> None:
    settings = Settings(data_dir=tmp_path)
    engine = database.make_engine(settings.store_url)
    database.upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    engine.dispose()

    assert diagnoses(settings)["Migrations"] == (False, words)


def test_a_migrated_store_is_ok(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    engine = database.make_engine(settings.store_url)
    database.upgrade(engine)
    engine.dispose()

    found = diagnoses(settings)

    assert list(found) == ["Python", "Database", "Migrations", "Browser", "Clock", "Disk"]
    assert all(found[name][0] for name in ("Python", "Database", "Migrations", "Clock"))


def test_a_misspelt_setting_is_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHWRIGHT_MAX_BROWSER", "0")

    found = diagnoses(Settings(data_dir=tmp_path))

    words = "WATCHWRIGHT_MAX_BROWSER is not a setting. Rename it, perhaps to WATCHWRIGHT_MAX_BROWSERS"
    assert found["Settings"] == (False, words)


def test_an_unreachable_store_is_named_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://ann:hush@127.0.0.1:1/db"

    is_ok, words = diagnoses(Settings(data_dir=tmp_path, database_url=url))["Database"]

    assert not is_ok
    assert "hush" not in words
    assert "WATCHWRIGHT_DATABASE_URL" in words


def test_a_data_folder_that_cannot_be_created_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    is_ok, words = diagnoses(Settings(data_dir=tmp_path / "file" / "data"))["Database"]

    assert not is_ok
    assert "cannot be created" in words


def test_a_read_only_store_is_reported(tmp_path: Path) -> None:
    with postgres.engine() as engine:
        database.upgrade(engine)
        with engine.begin() as connection:
            name = engine.url.database
            connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
        url = engine.url.render_as_string(hide_password=False)

        is_ok, words = diagnoses(Settings(data_dir=tmp_path, database_url=url))["Database"]

    assert not is_ok
    assert "is read-only" in words


def test_a_missing_browser_is_reported_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(data_dir=tmp_path, browser_executable=tmp_path / "no-such-browser")

    is_ok, words = diagnoses(settings)["Browser"]

    assert not is_ok
    assert "no-such-browser" in words


def test_abandoned_checks_are_reported_until_a_worker_has_their_folder(tmp_path: Path) -> None:
    (tmp_path / "held-2").mkdir()
    Spool(tmp_path / "held-2").add([judged_check(1), judged_check(2)])

    left = diagnoses(Settings(data_dir=tmp_path))["Held checks"]
    owners = [OwnFolder(tmp_path) for _ in range(2)]
    owned = diagnoses(Settings(data_dir=tmp_path))["Held checks"]
    for owner in owners:
        owner.close()

    held = f"2 are held in {tmp_path}/held-2/held-checks.jsonl until the database accepts them"
    assert owned == (True, held)
    assert (left[0], left[1].startswith(f"{held}, but no process uses that folder")) == (False, True)


def test_the_browsers_sandbox_is_reported(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, browser_executable=Path("/bin/true"))

    is_ok, words = diagnoses(settings)["Browser"]

    assert is_ok
    assert words.endswith(f"; {confinement_of(Path('/bin/true')).description}")


async def test_a_browser_with_a_forbidden_sandbox_is_reported(tmp_path: Path) -> None:
    browser = tmp_path / "chromium"
    browser.write_text("#!/bin/sh\necho 'FATAL: No usable sandbox!' >&2\nexit 1\n")
    browser.chmod(0o755)

    with pytest.raises(BrowserError, match="could not start its sandbox: allow unprivileged user namespaces"):
        await require_start(browser)
