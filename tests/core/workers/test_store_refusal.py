"""Messages explain why the store rejects checks."""

import sqlite3

import pytest
from psycopg.errors import DiskFull
from sqlalchemy.exc import IntegrityError, OperationalError

from core.errors import StoreError
from core.workers.store_refusal import DISK_FULL, SERVER_FULL, STORE_AWAY, STORE_MOVED, is_for_good, why


def refused(words: str) -> OperationalError:
    return OperationalError("INSERT", None, sqlite3.OperationalError(words))


def full_file() -> OperationalError:
    db = sqlite3.connect(":memory:")
    db.execute("PRAGMA max_page_count = 1")  # SQLite reports its excess like a full disk
    with pytest.raises(sqlite3.OperationalError) as raised:
        db.execute("CREATE TABLE a (b TEXT)")
    db.close()
    return OperationalError("CREATE", None, raised.value)


def full_server(words: str) -> OperationalError:
    return OperationalError("INSERT", None, DiskFull(words))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (full_file(), DISK_FULL),
        (full_server('could not extend file "base/1/2": No space left on device'), SERVER_FULL),
        (full_server("konnte Datei »base/1/2« nicht erweitern: Auf dem Gerät ist kein Platz mehr"), SERVER_FULL),
        (OSError(28, "No space left on device"), DISK_FULL),
        (refused("database is locked"), STORE_AWAY),
        (refused("no such column: disk is full"), STORE_AWAY),
        (StoreError("The database's file was moved away."), STORE_MOVED),
    ],
    ids=[
        "SQLite is full",
        "PostgreSQL is full",
        "PostgreSQL is full, in German",
        "a file finds no room",
        "locked",
        "an error that quotes the words",
        "moved",
    ],
)
def test_each_error_of_the_store_has_its_message(error: Exception, said: str) -> None:
    assert why(error) == said


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (IntegrityError("INSERT", {}, Exception("UNIQUE constraint failed")), True),
        (KeyError("region"), True),
        (refused("database is locked"), False),
        (OSError("no space left on device"), False),
        (RuntimeError("can't start new thread"), False),
        (RuntimeError("Executor shutdown has been called"), False),
        (RuntimeError("generator raised StopIteration"), True),
        (RecursionError("maximum recursion depth exceeded"), True),
    ],
)
def test_permanent_errors_are_distinguished_from_temporary_ones(error: Exception, expected: bool) -> None:
    assert is_for_good(error) is expected
