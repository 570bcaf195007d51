"""What may be answered in a moment, and what asking again does not help."""

import pytest
from sqlalchemy import QueuePool, create_engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

from core.away import is_away
from core.database import make_engine


def test_a_store_where_nobody_answers_is_away() -> None:
    engine = make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")

    with pytest.raises(OperationalError) as raised:
        engine.connect()

    assert is_away(raised.value)


def test_a_store_that_has_no_connection_left_is_away() -> None:
    engine = create_engine("sqlite://", pool_size=1, max_overflow=0, pool_timeout=0.01, poolclass=QueuePool)

    with engine.connect(), pytest.raises(NoConnectionLeft) as raised:
        engine.connect()

    assert is_away(raised.value)
    engine.dispose()


@pytest.mark.parametrize("kind", [IntegrityError, ProgrammingError])
def test_what_was_asked_wrongly_is_no_matter_of_the_store(kind: type[DBAPIError]) -> None:
    assert not is_away(kind("SELECT", None, Exception()))
    assert not is_away(KeyError())


def test_a_connection_that_is_not_used_again_was_cut() -> None:
    assert is_away(DBAPIError("SELECT", None, Exception(), connection_invalidated=True))
