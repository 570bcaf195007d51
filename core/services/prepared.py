"""Statements that every batch of checks runs: made once, and run past the ORM.

Making a statement and its cache key, and the ORM's look at its rows, take three quarters of the time of a short one.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, Executable, bindparam
from sqlalchemy.orm import Session

IDS: BindParameter[Any] = bindparam("ids", expanding=True)


def rows_of(db: Session, statement: Executable, **given: Any) -> Sequence[Any]:
    """What *statement*, on tables and not on models, finds for the parameters *given*; sees what *db* is to store."""
    db.flush()
    return db.connection().execute(statement, given).all()


def run_many(db: Session, statement: Executable, rows: Sequence[dict[str, Any]]) -> None:
    """Run *statement* for each of *rows*."""
    db.flush()
    db.connection().execute(statement, rows)
