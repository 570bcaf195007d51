"""Why the store takes no checks just now, in sentences that every page shows. Pure."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError

from core.errors import StoreError

STORE_AWAY = "The store takes no checks just now: they are held, and stored when it does. See the log."
STORE_MOVED = (
    "The store's file was moved away or replaced while it was in use: checks are held. "
    "Put it back, or restart Watchwright to go on with what is there now."
)
DISK_FULL = "The disk is full: checks are held, and stored when there is room. Free some space on the store's disk."
SERVER_FULL = "PostgreSQL's disk is full: checks are held, and stored when there is room. Free some space on it."
"""Apart from `DISK_FULL`: it may be another machine's."""
RESERVE_USED = "The disk is nearly full: checks are stored in the room kept for that. Free some space on its disk."
NO_ROOM = "Nor can they be held in a file: the newest {limit:,} are held in memory, and lost if Watchwright ends."

AWAY = (SQLAlchemyError, StoreError, OSError, MemoryError)
NO_ROOM_THERE = "53100"  # PostgreSQL's disk_full; its words are in the language of its server
NO_THREAD = ("new thread", "shutdown")  # in what Python says where the system gives it none, or it is about to end


def is_for_good(error: Exception) -> bool:
    """Whether *error* is of what was to be stored: that would fail at any other time, too."""
    return isinstance(error, DataError | IntegrityError) or not (isinstance(error, AWAY) or _is_without_thread(error))


def _is_without_thread(error: Exception) -> bool:
    """Python has no error of its own for it: other RuntimeErrors are mistakes, which would be made again for ever."""
    return isinstance(error, RuntimeError) and any(words in str(error) for words in NO_THREAD)


def why(error: Exception) -> str:
    """What is wrong with the store that refused checks with *error*."""
    if isinstance(error, StoreError):
        return STORE_MOVED
    if isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == NO_ROOM_THERE:
        return SERVER_FULL
    words = str(error).lower()
    return DISK_FULL if "disk is full" in words or "no space left" in words else STORE_AWAY
