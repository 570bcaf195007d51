"""A store file that was moved or replaced is detected, and accepted again once it is back."""

from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from core import database, store_place
from core.errors import StoreError
from core.services import MonitorCheckCRUD


def test_a_moved_or_replaced_file_is_detected(stored: Engine, tmp_path: Path) -> None:
    file, away = Path(stored.url.database or ""), tmp_path / "away"

    with database.session_scope() as db:
        store_place.require_same_file(db)
        file.rename(away)
        with pytest.raises(StoreError, match="moved away or replaced"):
            store_place.require_same_file(db)
        file.write_bytes(away.read_bytes())
        with pytest.raises(StoreError, match="moved away or replaced"):
            store_place.require_same_file(db)
        away.replace(file)
        store_place.require_same_file(db)


def test_current_refuses_a_moved_file(stored: Engine, tmp_path: Path) -> None:
    file = Path(stored.url.database or "")
    assert database.current(stored) == database.latest_revision()

    file.rename(tmp_path / "away")

    with pytest.raises(StoreError, match="moved away or replaced"):
        database.current(stored)


def test_a_store_in_memory_is_never_refused() -> None:
    engine = database.make_engine("sqlite://")
    database.bind(engine)

    with database.session_scope() as db:
        store_place.require_same_file(db)


def test_a_missing_file_is_not_created_again(stored: Engine, tmp_path: Path) -> None:
    file, away = Path(stored.url.database or ""), tmp_path / "away"
    with database.session_scope() as db:
        assert MonitorCheckCRUD.get_by_website(db, 1) == ([], 0)
        file.rename(away)
        later = database.make_engine(f"sqlite:///{file}", may_make=False)

        for engine in (stored, later):
            with pytest.raises(OperationalError, match="is missing"):
                engine.connect()

    assert not file.exists()
    away.rename(file)
    for engine in (stored, later):
        engine.connect().close()
