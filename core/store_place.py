"""Whether the file that a connection to a SQLite store has open is the store's still: it may be moved away under it.

SQLite does not see that, and writes on to a file that nobody finds again.
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
"""Which file it is: its device, and its number there."""


def attend(engine: Engine, file: Path, *, may_make: bool) -> None:
    """Note which file each connection of *engine* opens; only the first one may make it, and only if *may_make*.

    Where the store's file is away, SQLite would make an empty one, which is in the way when it comes back: who closes
    a file that is not in its place any more deletes the log of the one that is.
    """
    file, opens = file.absolute(), count()

    def require_file(*_told: Any) -> None:
        is_first = next(opens) == 0
        if is_first and may_make:
            with suppress(OSError):  # SQLite says itself that it cannot be made
                create_file(file)
        elif not path_exists(file):
            raise sqlite3.OperationalError(f"the store's file {file} is not there")

    event.listen(engine, "do_connect", require_file)
    event.listen(engine, "connect", partial(_note, file))


def require(db: Session | Connection) -> None:
    """Go on only where what *db* writes gets into the store; connections that do not know go on.

    Raises:
        StoreError: The store's file was moved away, removed or replaced since it was opened.
    """
    connection = db.connection() if isinstance(db, Session) else db
    file, opened = connection.info.get(OPENED, (None, None))
    if file is not None and _identity(file) != opened:
        raise StoreError(f"The store's file {file} was moved away or replaced while it was in use.")


def _note(file: Path, _connection: Any, record: Any) -> None:
    record.info[OPENED] = (file, _identity(file))


def _identity(file: Path) -> Identity | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
