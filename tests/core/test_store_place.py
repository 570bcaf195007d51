"""A store's file that is not where it was is noticed, and one that is there again is good again."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from core import database, store_place
from core.errors import StoreError


def test_a_file_that_was_moved_or_replaced_is_told_from_the_store(stored: Engine, tmp_path: Path) -> None:
    file, away = Path(stored.url.database or ""), tmp_path / "away"

    with database.session_scope() as db:
        store_place.require(db)
        file.rename(away)
        with pytest.raises(StoreError, match="moved away or replaced"):
            store_place.require(db)
        file.write_bytes(away.read_bytes())
        with pytest.raises(StoreError, match="moved away or replaced"):
            store_place.require(db)
        away.replace(file)
        store_place.require(db)


def test_a_store_in_memory_is_nowhere_to_be_moved_from() -> None:
    engine = database.make_engine("sqlite://")
    database.bind(engine)

    with database.session_scope() as db:
        store_place.require(db)
