"""Detects that the file of a SQLite store was moved or replaced while a connection has it open.

SQLite does not notice this and continues to write to a file that nobody finds again.
"""

import sqlite3
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.orm import Session

from core.errors import StoreError
from core.owned_files import create_file, path_exists

OPENED = "opened"

Identity = tuple[int, int]
"""Identifies a file: its device and inode number."""


def track_file(engine: Engine, file: Path, *, may_make: bool) -> None:
    """Record which file each connection of *engine* opens; only the first may create it, and only if *may_make*.

    If the store's file is missing, SQLite would create an empty one. That file would be in the way when the real one
    returns: closing a connection to a replaced file deletes the write-ahead log of the current one.
    """
    file, opens = file.absolute(), count()

    def require_file(*_told: Any) -> None:
        is_first = next(opens) == 0
        if is_first and may_make:
            with suppress(OSError):  # SQLite reports itself that the file cannot be created
                create_file(file)
        elif not path_exists(file):
            raise sqlite3.OperationalError(f"the database's file {file} is missing")

    event.listen(engine, "do_connect", require_file)
    event.listen(engine, "connect", partial(_record_identity, file))


def require_same_file(db: Session | Connection) -> None:
    """Check that writes of *db* reach the store; does nothing for connections without a recorded file.

    Raises:
        StoreError: The store's file was moved, removed or replaced after it was opened.
    """
    connection = db.connection() if isinstance(db, Session) else db
    file, opened = connection.info.get(OPENED, (None, None))
    if file is not None and _identity(file) != opened:
        raise StoreError(f"The database's file {file} was moved away or replaced while it was in use.")


def _record_identity(file: Path, _connection: Any, record: Any) -> None:
    record.info[OPENED] = (file, _identity(file))


def _identity(file: Path) -> Identity | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
