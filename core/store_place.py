"""Whether the file that a connection to a SQLite store has open is the store's still: it may be moved away under it.

SQLite does not see that, and writes on to a file that nobody finds again.
"""

from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from core.errors import StoreError

OPENED = "opened"

Identity = tuple[int, int]
"""Which file it is: its device, and its number there."""


def attend(engine: Engine, file: Path) -> None:
    """Note which file each connection of *engine* opens."""
    event.listen(engine, "connect", partial(_note, file.absolute()))


def require(db: Session) -> None:
    """Go on only where what *db* writes gets into the store; connections that do not know go on.

    Raises:
        StoreError: The store's file was moved away, removed or replaced since it was opened.
    """
    file, opened = db.connection().info.get(OPENED, (None, None))
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
