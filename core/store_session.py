"""A session in which an id that no row can have is one of no row, where a database would refuse to look for it."""

from typing import Any

from sqlalchemy import BigInteger, inspect
from sqlalchemy.orm import Session

LARGEST_ID = 2**31 - 1  # of PostgreSQL's integer
LARGEST_BIG_ID = 2**63 - 1  # of its bigint, and of whatever SQLite stores


class StoreSession(Session):
    """People and programs name rows by any number: in an address, a body, a command."""

    def get(self, entity: Any, ident: Any, **options: Any) -> Any:
        """The row of *entity* whose id is *ident*; None where there is none, and where there can be none."""
        if isinstance(ident, int) and not 0 <= ident <= _largest(entity):
            return None
        return super().get(entity, ident, **options)


def _largest(entity: Any) -> int:
    is_big = isinstance(inspect(entity).primary_key[0].type, BigInteger)
    return LARGEST_BIG_ID if is_big else LARGEST_ID
