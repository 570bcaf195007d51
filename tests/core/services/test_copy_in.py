"""COPY raises the same errors as other statements."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, IntegrityError

from core.models import Tag
from core.services.copy_in import copy_in

TAGS = Tag.__table__


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_rejected_rows_raise_an_sqlalchemy_error(engine: Engine) -> None:
    with engine.connect() as connection:
        with pytest.raises(IntegrityError, match="COPY"), connection.begin():
            copy_in(connection, TAGS, [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}])  # type: ignore[arg-type]
        with pytest.raises(DataError), connection.begin():
            copy_in(connection, TAGS, [{"id": 1, "name": "a\0b"}])  # type: ignore[arg-type]
        copy_in(connection, TAGS, [])  # type: ignore[arg-type]
        assert connection.exec_driver_sql("SELECT count(*) FROM tags").scalar() == 0
