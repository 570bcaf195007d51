"""Explains why the store rejected checks, in messages for every page. Pure."""

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

from core.errors import StoreError
from core.store_availability import is_disk_full, is_of_server

STORE_AWAY = "The database does not accept checks, so they are held and stored later. See the log."
STORE_MOVED = (
    "The database file was moved or replaced while in use, so checks are held. Put it back, or restart Watchwright to "
    "use the current file."
)
DISK_FULL = "The disk is full, so checks are held. Free some space on the database's disk."
SERVER_FULL = "PostgreSQL's disk is full, so checks are held. Free some space on it."
"""Not `DISK_FULL`, because the disk may be on another machine."""
RESERVE_USED = "The disk is nearly full. Checks use the space reserved for this case. Free some space."
NO_ROOM = "They cannot be held in a file either: the newest {limit:,} are held in memory and lost if Watchwright stops."

AWAY = (SQLAlchemyError, StoreError, OSError, MemoryError)
NO_THREAD = ("new thread", "shutdown")  # parts of Python's message when no thread can start, or during shutdown


def is_for_good(error: Exception) -> bool:
    """Return whether *error* is permanent, because the data itself cannot be stored."""
    return isinstance(error, DataError | IntegrityError) or not (isinstance(error, AWAY) or _is_without_thread(error))


def _is_without_thread(error: Exception) -> bool:
    """Return whether no thread could start. Python raises a plain RuntimeError for it; others are bugs."""
    return isinstance(error, RuntimeError) and any(words in str(error) for words in NO_THREAD)


def why(error: Exception) -> str:
    """Return the message for a store that rejected checks with *error*."""
    if isinstance(error, StoreError):
        return STORE_MOVED
    if is_disk_full(error):
        return SERVER_FULL if is_of_server(error) else DISK_FULL
    return STORE_AWAY
