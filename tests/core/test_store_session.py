"""An id outside the range of the column finds no row, on either database."""

import pytest
from sqlalchemy import Engine

from core import database
from core.models import MonitorCheck, Website
from core.store_session import MAX_BIG_ID, MAX_ID, StoreSession
from tests.factories import make_website


@pytest.mark.parametrize("impossible", [10**30, MAX_BIG_ID + 1, MAX_ID + 1, -1])
def test_an_id_outside_the_columns_range_finds_no_row(empty_engine: Engine, impossible: int) -> None:
    database.upgrade(empty_engine)

    with StoreSession(empty_engine) as db:
        made = make_website(db)

        assert db.get(Website, impossible) is None
        assert db.get(MonitorCheck, impossible) is None
        assert db.get(Website, made.id) is made
