"""Storing many rows at once, where the order in which they come back matters."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import insert
from sqlalchemy.orm import Session

from core.models import Base

Row = TypeVar("Row", bound=Base)


def insert_in_order(db: Session, model: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Insert *rows* in few statements and return what was stored, in the order given."""
    if not rows:
        return []
    adding = insert(model)
    if db.get_bind().dialect.name == "sqlite":
        # SQLite numbers the rows of one writer in the order in which they come; not relying on that, SQLAlchemy
        # would insert one by one to know which row is which.
        stored = db.scalars(adding.returning(model), rows)
        return sorted(stored, key=lambda row: row.id)  # type: ignore[attr-defined]
    return list(db.scalars(adding.returning(model, sort_by_parameter_order=True), rows))
