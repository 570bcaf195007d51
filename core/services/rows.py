"""Operations on rows of any model: add, require, read a page, apply changes, delete."""

import re
from typing import Any, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from core.errors import require_found
from core.models import Base, User

Row = TypeVar("Row")


def add_row(db: Session, row: Row) -> Row:
    """Add *row* and return it with its id."""
    db.add(row)
    db.flush()
    return row


def require_row(db: Session, model: type[Row], row_id: int, *, is_locked: bool = False) -> Row:
    """Return the row of *model* with this id; locked, nobody else changes it in this transaction.

    Raises:
        NotFound: There is no such row.
    """
    noun = "account" if model is User else re.sub(r"(?<=[a-z])(?=[A-Z])", " ", model.__name__).lower()
    return require_found(db.get(model, row_id, with_for_update=is_locked or None), f"{noun} {row_id}")


def page_of(db: Session, query: Select[Row], *, skip: int, limit: int, **equal: Any) -> tuple[list[Row], int]:
    """Return at most *limit* rows of *query* after *skip*, and the total number of matches.

    *equal* are values by column that the rows must have; None for any value.

    Raises:
        ValueError: *skip* or *limit* is negative.
    """
    if skip < 0 or limit < 0:
        raise ValueError(f"skip ({skip}) and limit ({limit}) must not be negative")
    query = query.filter_by(**{name: value for name, value in equal.items() if value is not None})
    total = db.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return list(db.scalars(query.offset(skip).limit(limit))), total


def apply_changes(row: Base, changes: dict[str, Any]) -> None:
    """Set each of *changes* on *row*."""
    for name, value in changes.items():
        setattr(row, name, value)


def delete_row(db: Session, row: Base | None) -> bool:
    """Delete *row* with its dependent rows; returns False if *row* is None."""
    if row is None:
        return False
    db.delete(row)
    db.flush()
    return True
