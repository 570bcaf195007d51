"""A server upgrades its store without keeping Alembic in memory."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core import database
from core.errors import StoreError
from core.upgrading import upgrade_apart
from tests import sqlite

PROGRAM = """
import sys
from core.database import make_engine
from core.upgrading import upgrade_apart

upgrade_apart(make_engine(sys.argv[1]))
print([name for name in ("alembic", "mako") if name in sys.modules])
"""


def test_upgrading_apart_does_not_import_alembic_here(empty_engine: Engine, tmp_path: Path) -> None:
    address = empty_engine.url.render_as_string(hide_password=False)
    (tmp_path / "core").mkdir()  # as in a project folder with a package of the same name
    (tmp_path / "core" / "__init__.py").write_text("raise SystemExit('not yours')")

    told = subprocess.run(
        [sys.executable, "-P", "-c", PROGRAM, address], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert told.stdout == "[]\n"
    assert database.current(empty_engine) == database.latest_revision()


def test_a_store_in_memory_is_migrated_in_process() -> None:
    engine = database.make_engine("sqlite://")

    upgrade_apart(engine)

    assert database.current(engine) == database.latest_revision()
    engine.dispose()


def test_a_failed_upgrade_raises_the_childs_error(tmp_path: Path) -> None:
    sqlite.new_store(tmp_path / "store.sqlite3")
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'fromthefuture'"))

    with pytest.raises(StoreError, match="A newer Watchwright has changed the database"):
        upgrade_apart(engine)

    engine.dispose()
