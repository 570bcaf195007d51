"""Checks move between months and TimescaleDB's chunks completely or not at all."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.orm import Session

from core import database
from core.clock import utc_now
from core.errors import StoreError
from core.models import MonitorCheck, Website
from core.models.months import REST, TABLE
from core.services import hypertable, months, resplit
from core.services.store_copy import copy_store
from core.workers import partitions
from tests import sqlite, timescale
from tests.factories import make_check, make_website

NOW = utc_now()
KEPT = timedelta(days=30)
BEFORE_MONTHS = "e2a7c5d91f48"
SHAPE = (
    "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = CAST(:whole AS regclass) "
    "UNION SELECT 'index', replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index "
    "WHERE indrelid = CAST(:whole AS regclass) ORDER BY 1, 2"
)


def test_a_missing_extension_is_reported(store: Session) -> None:
    connection = store.connection()

    assert not resplit.use_chunks_where_new(connection)
    with pytest.raises(StoreError, match="CREATE EXTENSION timescaledb"):
        resplit.use_chunks(connection)
    with pytest.raises(StoreError, match="not in TimescaleDB chunks"):
        resplit.use_months(connection)


@pytest.fixture
def extended() -> Iterator[Engine]:
    """An engine on an empty database with the extension."""
    url = timescale.new_database()
    engine = database.make_engine(url)
    yield engine
    engine.dispose()
    timescale.drop_database(url)


def _fill(engine: Engine) -> list[Any]:
    """Migrate it and store checks of three months and one of a year ahead, by a wrong clock; returns them."""
    database.upgrade(engine)
    with Session(engine) as db, db.begin():
        website = make_website(db)
        for days in (-60, -30, -1, 0, 365):
            make_check(db, website, checked_at=NOW + timedelta(days=days), error_message="naïve ☃ 100 %")
    with engine.connect() as connection:
        return _checks(connection)


def _checks(connection: Connection) -> list[Any]:
    return list(connection.execute(select(MonitorCheck.__table__).order_by(MonitorCheck.id)).all())


def _shape(connection: Connection) -> list[Any]:
    """The keys and indexes of the whole."""
    return list(connection.execute(text(SHAPE), {"whole": TABLE}).all())


@pytest.mark.timescale
def test_every_check_moves_into_chunks_and_back(extended: Engine) -> None:
    before = _fill(extended)
    with extended.begin() as connection:
        shape = _shape(connection)

        assert resplit.use_chunks(connection) == len(before)
        assert hypertable.is_used(connection)
        assert (_checks(connection), _shape(connection)) == (before, shape)
        assert len(hypertable.existing(connection)) in {4, 5}  # yesterday was this week or the last one
        with pytest.raises(StoreError, match="already"):
            resplit.use_chunks(connection)

        assert resplit.use_months(connection) == len(before)
        assert months.are_used(connection)
        assert (_checks(connection), _shape(connection)) == (before, shape)
        assert connection.scalar(text(f"SELECT count(*) FROM {REST}")) == 1
    with Session(extended) as db, db.begin():
        assert make_check(db, db.scalars(select(Website)).one(), checked_at=NOW).id > before[-1].id


@pytest.mark.timescale
def test_an_interrupted_move_changes_nothing(extended: Engine) -> None:
    before = _fill(extended)

    with extended.connect() as connection:
        resplit.use_chunks(connection)
        connection.invalidate()  # as when the process is killed

    with extended.connect() as connection:
        assert months.are_used(connection)
        assert _checks(connection) == before


@pytest.mark.timescale
async def test_a_new_store_uses_chunks_and_a_filled_one_only_on_request(extended: Engine) -> None:
    _fill(extended)
    database.bind(extended)
    await partitions.make_ahead(KEPT)
    with extended.begin() as connection:
        assert months.are_used(connection)
        connection.execute(text("DELETE FROM websites"))

    await partitions.make_ahead(KEPT)

    with extended.connect() as connection:
        assert hypertable.is_used(connection)


@pytest.mark.timescale
def test_two_processes_that_start_on_a_new_store_move_it_once(extended: Engine) -> None:
    database.upgrade(extended)
    answers = []

    def start() -> None:
        with extended.begin() as connection:
            answers.append(resplit.use_chunks_where_new(connection))

    both = [threading.Thread(target=start) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()

    assert sorted(answers) == [False, True]


@pytest.mark.timescale
def test_a_store_is_copied_into_chunks_and_back(extended: Engine, tmp_path: Path) -> None:
    sqlite.new_store(tmp_path / "small.sqlite3")
    source = database.make_engine(f"sqlite:///{tmp_path / 'small.sqlite3'}")
    with Session(source) as db, db.begin():
        website = make_website(db)
        for days in range(50):
            make_check(db, website, checked_at=NOW - timedelta(days=days))
    back = database.make_engine(f"sqlite:///{tmp_path / 'back.sqlite3'}")

    copy_store(source, extended)
    copy_store(extended, back)

    with source.connect() as one, extended.connect() as other, back.connect() as third:
        assert hypertable.is_used(other)
        assert _checks(one) == _checks(other) == _checks(third)
    source.dispose()
    back.dispose()


@pytest.mark.timescale
def test_older_versions_get_a_single_table(extended: Engine) -> None:
    before = len(_fill(extended))
    with extended.begin() as connection:
        resplit.use_chunks(connection)

    database.downgrade(extended, BEFORE_MONTHS)
    database.upgrade(extended)

    with extended.connect() as connection:
        assert months.are_used(connection)
        assert len(_checks(connection)) == before
