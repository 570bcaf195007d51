"""What every page says of a store that takes no checks."""

import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from core.errors import StoreError
from core.workers.refusal import DISK_FULL, STORE_AWAY, STORE_MOVED, why


def refused(words: str) -> OperationalError:
    return OperationalError("INSERT", None, sqlite3.OperationalError(words))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (refused("database or disk is full"), DISK_FULL),
        (refused('could not extend file "base/1/2": No space left on device'), DISK_FULL),
        (refused("database is locked"), STORE_AWAY),
        (StoreError("The store's file was moved away."), STORE_MOVED),
    ],
    ids=["SQLite is full", "PostgreSQL is full", "locked", "moved"],
)
def test_each_refusal_has_its_sentence(error: Exception, said: str) -> None:
    assert why(error) == said
