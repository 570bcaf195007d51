"""A store's file that is not where it was is noticed, and one that is there again is good again."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from core import database, store_place
from core.errors import StoreError
from core.services import MonitorCheckCRUD


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


def test_the_revision_of_a_file_that_was_moved_away_is_not_that_of_the_store(stored: Engine, tmp_path: Path) -> None:
    file = Path(stored.url.database or "")
    assert database.current(stored) == database.head()

    file.rename(tmp_path / "away")

    with pytest.raises(StoreError, match="moved away or replaced"):
        database.current(stored)


def test_a_store_in_memory_is_nowhere_to_be_moved_from() -> None:
    engine = database.make_engine("sqlite://")
    database.bind(engine)

    with database.session_scope() as db:
        store_place.require(db)


def test_no_second_store_is_made_where_the_first_one_is_away(stored: Engine, tmp_path: Path) -> None:
    file, away = Path(stored.url.database or ""), tmp_path / "away"
    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, 1) == ([], 0)
        file.rename(away)
        later = database.make_engine(f"sqlite:///{file}", may_make=False)

        for engine in (stored, later):
            with pytest.raises(OperationalError, match="is not there"):
                engine.connect()

    assert not file.exists()
    away.rename(file)
    for engine in (stored, later):
        engine.connect().close()
