"""Errors of an unavailable store are told from errors in a request to it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, QueuePool, create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from core.database import make_engine
from core.store_availability import is_store_unavailable, unavailability


def test_a_server_that_does_not_answer_is_unavailable() -> None:
    engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")

    with pytest.raises(OperationalError) as raised:
        engine.connect()

    assert is_store_unavailable(raised.value)


def test_an_exhausted_connection_pool_is_unavailable() -> None:
    engine = create_engine("sqlite://", pool_size=1, max_overflow=0, pool_timeout=0.01, poolclass=QueuePool)

    with engine.connect(), pytest.raises(NoConnectionLeft) as raised:
        engine.connect()

    assert is_store_unavailable(raised.value)
    engine.dispose()


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_an_error_in_the_statement_is_not_unavailability(kind: type[DBAPIError]) -> None:
    assert not is_store_unavailable(kind("SELECT", None, Exception()))
    assert not is_store_unavailable(KeyError())


def test_an_invalidated_connection_is_unavailable() -> None:
    assert is_store_unavailable(DBAPIError("SELECT", None, Exception(), connection_invalidated=True))


READ_ONLY = {"sqlite": "PRAGMA query_only = ON", "postgresql": "SET TRANSACTION READ ONLY"}


def test_a_read_only_store_is_named(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text(READ_ONLY[engine.dialect.name]))
        with pytest.raises(DBAPIError) as raised:
            connection.execute(text("DELETE FROM websites"))
        connection.invalidate()

    assert (
        unavailability(raised.value) == "The database is read-only. Make it writable for Watchwright, then try again."
    )


def test_a_full_store_is_named(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    with engine.connect() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        with pytest.raises(OperationalError) as raised:
            connection.execute(text("CREATE TABLE a (b TEXT)"))
    engine.dispose()

    assert unavailability(raised.value) == "The database's disk is full. Free some space, then try again."


def test_what_only_waiting_helps_against_says_what_the_caller_wants() -> None:
    locked = OperationalError("UPDATE", None, Exception("database is locked"))

    assert unavailability(locked) == "The database is unavailable. Try again in a few seconds."
    assert unavailability(locked, otherwise="This page reloads.") == "The database is unavailable. This page reloads."
