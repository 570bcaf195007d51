"""Migrated SQLite stores in files: made once, then copied, as all migrations take a quarter of a second."""

import tempfile
from functools import cache
from pathlib import Path

from core import database


def new_store(file: Path) -> None:
    """Put a migrated store with nothing in it where *file* says."""
    file.write_bytes(_migrated())


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "store.sqlite3")
        engine = database.make_engine(f"sqlite:///{file}")
        database.upgrade(engine)
        engine.dispose()
        return file.read_bytes()
