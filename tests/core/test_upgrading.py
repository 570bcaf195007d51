"""A server brings its store to its version, and keeps nothing in memory of how."""

import subprocess
import sys

import pytest
from sqlalchemy import Engine, text

from core import database
from core.errors import StoreError
from core.upgrading import upgrade_apart

PROGRAM = """
import sys
from core.database import make_engine
from core.upgrading import upgrade_apart

upgrade_apart(make_engine(sys.argv[1]))
print([name for name in ("alembic", "mako") if name in sys.modules])
"""


def test_a_store_that_was_never_migrated_is_brought_to_this_version(empty_engine: Engine) -> None:
    upgrade_apart(empty_engine)

    assert database.current(empty_engine) == database.head()


def test_what_migrates_is_not_in_the_memory_of_who_asked(empty_engine: Engine) -> None:
    address = empty_engine.url.render_as_string(hide_password=False)

    told = subprocess.run([sys.executable, "-c", PROGRAM, address], capture_output=True, text=True, check=True).stdout

    assert told == "[]\n"
    assert database.current(empty_engine) == database.head()


def test_a_store_in_memory_is_migrated_where_it_is() -> None:
    engine = database.make_engine("sqlite://")

    upgrade_apart(engine)

    assert database.current(engine) == database.head()
    engine.dispose()


def test_why_it_cannot_be_done_is_said_in_the_same_words(empty_engine: Engine) -> None:
    database.upgrade(empty_engine)
    with empty_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'fromthefuture'"))

    with pytest.raises(StoreError, match="If a newer Watchwright has used this store, run that version"):
        upgrade_apart(empty_engine)


def test_no_package_of_the_folder_in_which_it_was_started_is_taken_for_ours(
    empty_engine: Engine, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("of-somebody-else")
    (folder / "core").mkdir()
    (folder / "core" / "__init__.py").write_text("raise SystemExit('not yours')")
    monkeypatch.chdir(folder)

    upgrade_apart(empty_engine)

    assert database.current(empty_engine) == database.head()
