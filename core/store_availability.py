"""Tells errors of an unavailable store from errors in a request to it, and says what to do."""

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

STORE_UNAVAILABLE = "The database is unavailable"
READ_ONLY = "25006"  # SQLSTATE of a standby, a server after failover, or a database that its operator set read-only
DISK_FULL = "53100"  # SQLSTATE; messages are in the server's language


def is_store_unavailable(error: BaseException) -> bool:
    """Whether a retry may succeed: the store is stopped, locked, full, read-only or overloaded."""
    is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut or isinstance(error, (OperationalError, InterfaceError, NoConnectionLeft))


def is_disk_full(error: BaseException) -> bool:
    """Whether *error* says that the disk of the store, or of a file of ours, is full."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    return _sqlite_code(error) == sqlite3.SQLITE_FULL or _sqlstate(error) == DISK_FULL


def is_of_server(error: BaseException) -> bool:
    """Whether PostgreSQL reported *error*, which is then about its machine and not about this one."""
    return _sqlstate(error) is not None


def unavailability(error: BaseException, *, otherwise: str = "Try again in a few seconds.") -> str:
    """Return what is wrong with the store and what to do; *otherwise* is what to do if only waiting helps."""
    if _sqlite_code(error) == sqlite3.SQLITE_READONLY or _sqlstate(error) == READ_ONLY:
        return "The database is read-only. Make it writable for Watchwright, then try again."
    if is_disk_full(error):
        return "The database's disk is full. Free some space, then try again."
    return f"{STORE_UNAVAILABLE}. {otherwise}".rstrip()


def _sqlite_code(error: BaseException) -> int:
    extended: int = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return extended & 0xFF  # the low byte is the primary result code


def _sqlstate(error: BaseException) -> str | None:
    state: str | None = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state
