"""A session that returns None for ids outside the range of the column, where a database would raise an error."""

from typing import Any

from sqlalchemy import BigInteger, inspect
from sqlalchemy.orm import Session

MAX_ID = 2**31 - 1  # of PostgreSQL's integer
MAX_BIG_ID = 2**63 - 1  # of its bigint, and of whatever SQLite stores


class StoreSession(Session):
    """Accepts any number as an id, because people and programs put them into URLs, bodies and commands."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """Return the row of *entity* with the id *ident*; None if there is none or if no row can have that id."""
        if isinstance(ident, int) and not 0 <= ident <= _largest(entity):
            return None
        return super().get(entity, ident, **options)


def _largest(entity: Any) -> int:
    is_big = isinstance(inspect(entity).primary_key[0].type, BigInteger)
    return MAX_BIG_ID if is_big else MAX_ID
