"""Tells errors of an unavailable store from errors in a request to it."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

STORE_UNAVAILABLE = "The database is unavailable"


def is_store_unavailable(error: BaseException) -> bool:
    """Whether a retry may succeed: the store is stopped, locked, full, read-only or overloaded."""
    is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut or isinstance(error, (OperationalError, InterfaceError, NoConnectionLeft))
