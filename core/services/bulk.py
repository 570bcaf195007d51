"""Storing many rows at once: in an order that is known, or in place of those that are there."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Table, func, insert, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from core.models import Base
from core.services.prepared import rows_of, run_many

Row = TypeVar("Row", bound=Base)

COPIED_FROM = 20  # rows: COPY takes a round trip more than INSERT, and a third of its time for 50 rows and up


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


def next_ids(db: Session, model: type[Base], count: int) -> Sequence[int]:
    """Ids for *count* rows that the caller inserts in this transaction, so that none has to be asked for afterwards."""
    if db.get_bind().dialect.name == "sqlite":
        ((newest,),) = rows_of(db, _newest_id(model))
        first = (newest or 0) + 1  # SQLite's own rule; only one transaction writes
        return range(first, first + count)
    sequence = func.pg_get_serial_sequence(model.__tablename__, "id")
    return db.scalars(select(func.nextval(sequence)).select_from(func.generate_series(1, count))).all()


def insert_rows(db: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert whole *rows*, ids included, in the cheapest way there is; all have the columns of the first one."""
    if len(rows) >= COPIED_FROM and db.get_bind().dialect.name == "postgresql":
        from core.services.copy_in import copy_in  # with a driver that a SQLite store has no use for

        copy_in(db.connection(), table, rows)
    elif rows:
        given = [name for name in rows[0] if name not in _optional(table) or any(row[name] is not None for row in rows)]
        run_many(db, _insert(table), rows, given)


def insert_new(
    db: Session, model: type[Base], rows: Sequence[Mapping[str, Any]], *, unique: Sequence[str] = ("key",)
) -> None:
    """Insert those of *rows* whose *unique* columns are not there yet, and leave what is there as it is."""
    if rows:
        adding = _own_insert(db.get_bind().dialect.name, model.__table__)
        db.execute(adding.on_conflict_do_nothing(index_elements=unique), list(rows))


def upsert(db: Session, model: Any, *, key: tuple[str, ...]) -> Any:
    """The statement that stores whole rows of *model*, each in place of the one with the same *key*."""
    return _upsert(db.get_bind().dialect.name, model, key)


@cache
def _optional(table: Table) -> frozenset[str]:
    """The columns that are empty where nothing is said of them; a third of a check's time goes into saying nothing."""
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


@cache  # making it costs more than running it: SQLAlchemy copies each column of the table
def _upsert(dialect: str, model: Any, key: tuple[str, ...]) -> Any:
    table = model.__table__  # the ORM takes longer to look at rows than the store to take them
    adding = _own_insert(dialect, table)
    changed = {column.name: adding.excluded[column.name] for column in table.columns if column.name not in key}
    return adding.on_conflict_do_update(index_elements=key, set_=changed)


def _own_insert(dialect: str, table: Any) -> Any:
    """The INSERT of the store's dialect, which knows what to do where there is a row already."""
    if dialect == "sqlite":
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # with all of its drivers: 3 MB that a SQLite store has no use for

    return postgresql.insert(table)
