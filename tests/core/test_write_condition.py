"""A conditional write runs only if its check passes in the same transaction."""

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core import database
from core.errors import ChangedMeanwhile
from core.services import WebsiteCRUD
from core.write_condition import current_condition, on_condition
from tests.factories import make_website


def _add(db: Session) -> None:
    make_website(db)


async def test_the_check_runs_in_each_transaction_until_one_has_written(stored: Engine) -> None:
    asked: list[Session] = []
    with on_condition(asked.append):
        await database.in_session(WebsiteCRUD.get_all)
        await database.in_session(_add)
        await database.in_session(WebsiteCRUD.get_all)
    await database.in_session(WebsiteCRUD.get_all)

    assert len(asked) == 2


async def test_a_failed_check_prevents_the_write(stored: Engine) -> None:
    def refuse(_db: Session) -> None:
        raise ChangedMeanwhile("Somebody was first.")

    with pytest.raises(ChangedMeanwhile), on_condition(refuse):
        await database.in_session(_add)

    assert (await database.in_session(WebsiteCRUD.get_all))[1] == 0


async def test_on_sqlite_no_writer_comes_between_check_and_write(stored: Engine) -> None:
    refused: list[str] = []

    def check(_db: Session) -> None:
        with closing(sqlite3.connect(stored.url.database or "", timeout=0)) as other:
            try:
                other.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError as error:
                refused.append(str(error))

    with on_condition(check):
        await database.in_session(_add)

    assert refused == ["database is locked"]


def test_a_condition_ends_with_its_block_also_for_tasks_that_still_run() -> None:
    with on_condition(lambda _db: None):
        condition = current_condition()

    assert condition is not None and condition.is_over
    assert current_condition() is None
