"""Tells errors of an unavailable store from errors in a request to it, and says what to do."""

import sqlite3

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

STORE_UNAVAILABLE = "The database is unavailable"
READ_ONLY = "25006"  # SQLSTATE of a standby, a server after failover, or a database that its operator set read-only
DISK_FULL = "53100"  # SQLSTATE; the message is in the server's language


def is_store_unavailable(error: BaseException) -> bool:
    """Whether a retry may succeed: the store is stopped, locked, full, read-only or overloaded."""
    is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut or isinstance(error, (OperationalError, InterfaceError, NoConnectionLeft))


def unavailability(error: BaseException, *, otherwise: str = "Try again in a few seconds.") -> str:
    """Return what is wrong with the store and what to do; *otherwise* is what to do if only waiting helps."""
    cause = getattr(error, "orig", None)
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary result code
    state = getattr(cause, "sqlstate", None)
    if code == sqlite3.SQLITE_READONLY or state == READ_ONLY:
        return "The database is read-only. Make it writable for Watchwright, then try again."
    if code == sqlite3.SQLITE_FULL or state == DISK_FULL:
        return "The database's disk is full. Free some space, then try again."
    return f"{STORE_UNAVAILABLE}. {otherwise}".rstrip()
