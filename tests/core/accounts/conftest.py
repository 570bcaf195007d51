"""A store that `in_session` uses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core import database
from core.sealing import Sealer


@pytest.fixture
def bound(tmp_path: Path) -> Iterator[None]:
    """A migrated SQLite store, which the code under test opens by itself."""
    engine = database.make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    database.upgrade(engine)
    database.bind(engine)
    yield
    engine.dispose()


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(b"a key for tests")
