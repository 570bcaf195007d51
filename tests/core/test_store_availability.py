"""Errors of an unavailable store are told from errors in a request to it."""

import pytest
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from core.database import make_engine
from core.store_availability import is_store_unavailable


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
