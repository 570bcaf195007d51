"""Whether an error says that the store is away: not what was asked is wrong, but nobody answers it just now."""

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionLeft

WORDS = "The store cannot be reached just now"


def is_away(error: BaseException) -> bool:
    """Whether the same may be answered in a moment: the store is stopped, locked, full or read-only, or too busy."""
    is_cut = isinstance(error, DBAPIError) and error.connection_invalidated
    return is_cut or isinstance(error, (OperationalError, InterfaceError, NoConnectionLeft))
