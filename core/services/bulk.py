"""Inserts and upserts many rows at once."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from core.models import Base
from core.services.prepared import rows_of, run_many

Row = TypeVar("Row", bound=Base)

COPY_MIN_ROWS = 20  # COPY takes one more round trip than INSERT, but a third of its time from 50 rows on


def insert_in_order(db: Session, model: type[Row], rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """Insert *rows* in few statements and return the stored objects in the given order."""
    if not rows:
        return []
    adding = insert(model)
    if db.get_bind().dialect.name == "sqlite":
        # SQLite assigns ids in order of insertion. SQLAlchemy does not rely on that and would insert rows one by one to
        # match them with their ids.
        stored = db.scalars(adding.returning(model), rows)
        return sorted(stored, key=lambda row: row.id)  # type: ignore[attr-defined]
    return list(db.scalars(adding.returning(model, sort_by_parameter_order=True), rows))


def next_ids(db: Session, model: type[Base], count: int) -> Sequence[int]:
    """Return ids for *count* rows that the caller inserts in this transaction, so that it knows them in advance."""
    if db.get_bind().dialect.name == "sqlite":
        ((newest,),) = rows_of(db, _newest_id(model))
        first = (newest or 0) + 1  # as SQLite does; only one transaction writes at a time
        return range(first, first + count)
    sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
    return db.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))).all()


def insert_rows(db: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert complete *rows*, with ids, in the cheapest way. All must have the columns of the first one."""
    if len(rows) >= COPY_MIN_ROWS and db.get_bind().dialect.name == "postgresql":
        from core.services.copy_in import copy_in  # imports a driver that SQLite does not need

        copy_in(db.connection(), table, rows)
    elif rows:
        given = [name for name in rows[0] if name not in _optional(table) or any(row[name] is not None for row in rows)]
        run_many(db, _insert(table), rows, given)


def insert_new(
    db: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, unique: Sequence[str] = ("key",)
) -> None:
    """Insert those of *rows* that do not exist yet by their *unique* columns; existing rows stay unchanged."""
    if rows:
        adding = _own_insert(db.get_bind().dialect.name, model.__table__)
        db.execute(adding.on_conflict_do_nothing(index_elements=unique), list(rows))


def upsert(db: Session, model: Any, *, key: tuple[str, ...]) -> Any:
    """Return a statement that inserts complete rows of *model* or replaces those with the same *key*."""
    return _upsert(db.get_bind().dialect.name, model, key)


@cache
def _optional(table: Table) -> frozenset[str]:
    """Return the columns that may be omitted when empty. Writing empty values takes a third of a check's time."""
    return frozenset(
        column.name
        for column in table.columns
        if column.nullable and column.default is None and not column.type.should_evaluate_none  # None in JSON is null
    )


@cache
def _newest_id(model: type[Base]) -> Any:
    return select(func.max(model.__table__.c.id))


@cache
def _insert(table: Table) -> Any:
    return insert(table)


@cache  # building it costs more than running it, because SQLAlchemy copies each column
def _upsert(dialect: str, model: Any, key: tuple[str, ...]) -> Any:
    table = model.__table__  # the ORM would take longer to process rows than the store to write them
    adding = _own_insert(dialect, table)
    changed = {column.name: adding.excluded[column.name] for column in table.columns if column.name not in key}
    return adding.on_conflict_do_update(index_elements=key, set_=changed)


def _own_insert(dialect: str, table: Any) -> Any:
    """Return the dialect's INSERT, which supports ON CONFLICT."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # 3 MB with its drivers, which SQLite does not need

    return postgresql.insert(table)
