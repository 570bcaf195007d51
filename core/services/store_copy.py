"""Copies all rows of one store to another, such as from SQLite to PostgreSQL and back.

The source is read in one snapshot, so it may be in use. The target is filled in one transaction, so it is either
complete or stays empty, even if the copy is interrupted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    Enum,
    LargeBinary,
    RowMapping,
    String,
    Table,
    bindparam,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError

from core import database
from core.errors import AlreadyExists, StoreError
from core.models import Base, MonitorCheck, NetworkEvent
from core.services import event_months, months, resplit
from core.services.copy_in import copy_in

BATCH_ROWS = 2_000
BATCH_ROWS_OF_FILES = 20  # a screenshot or trace takes megabytes

Row = RowMapping | dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopiedTable:
    """The number of copied rows of a table."""

    name: str
    rows: int
    mended: int
    """Rows with a NUL character in a text. PostgreSQL cannot store it, so it becomes U+FFFD."""


def copy_store(
    source: Engine, target: Engine, on_copied: Callable[[CopiedTable], None] | None = None
) -> list[CopiedTable]:
    """Migrate *target* and copy every row of *source* to it; *on_copied* is called after each table.

    Returns:
        The copied tables, parents first.

    Raises:
        AlreadyExists: *target* is not empty. Nothing is overwritten.
        StoreError: Both are the same store, one is unreachable or has another version, or the row counts differ.
    """
    if source.url == target.url:
        raise StoreError("Source and target are the same database; name another one to copy to.")
    if database.current(source) != database.latest_revision():
        raise StoreError("The database is of another version; run `watchwright db upgrade`, then copy.")
    database.upgrade(target)
    copied = []
    with (
        database.store_errors(source),
        _snapshot(source) as reading,
        database.store_errors(target),
        target.begin() as writing,
    ):
        for connection in (reading, writing):
            if connection.dialect.name == "postgresql":
                connection.execute(database.NO_LIMIT)
        _lock_out_others(writing)
        resplit.use_chunks_where_new(writing)
        for table in Base.metadata.sorted_tables:
            copied.append(_copy_table(table, reading, writing))
            if on_copied is not None:
                on_copied(copied[-1])
    return copied


def _snapshot(engine: Engine) -> Connection:
    """Return a connection that sees the store as of its first statement."""
    isolation = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    return engine.connect().execution_options(**isolation)


def _lock_out_others(writing: Connection) -> None:
    """Raise an error if the target has rows, and block other writers until the copy is done."""
    tables = Base.metadata.sorted_tables
    if writing.dialect.name == "postgresql":
        names = ", ".join(table.name for table in tables)
        writing.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
    for table in tables:
        if writing.execute(select(1).select_from(table).limit(1)).first():
            raise AlreadyExists(
                f"The target already has rows in {table.name}. Use an empty database. Nothing was changed."
            )


def _copy_table(table: Table, reading: Connection, writing: Connection) -> CopiedTable:
    has_files = any(isinstance(column.type, LargeBinary) for column in table.columns)
    size = BATCH_ROWS_OF_FILES if has_files else BATCH_ROWS
    found = reading.execution_options(yield_per=size).execute(select(table).order_by(*table.primary_key.columns))
    add, mended = _adding(table, writing), 0
    for rows in found.mappings().partitions(size):
        if table is MonitorCheck.__table__:
            months.make_for(writing, {row["checked_at"] for row in rows})
        elif table is NetworkEvent.__table__:
            event_months.make_for(writing, {row["month"] for row in rows})
        ready = rows if writing.dialect.name == "sqlite" else _without_nuls(table, rows)
        mended += sum(before is not after for before, after in zip(rows, ready, strict=True))
        add(ready)
    return CopiedTable(name=table.name, rows=_compare(table, reading, writing), mended=mended)


def _adding(table: Table, writing: Connection) -> Callable[[Sequence[Row]], None]:
    """Return a function that stores complete rows of *table*. Absent JSON stays NULL instead of JSON's ``null``."""
    if writing.dialect.name == "sqlite":
        kinds = {c.name: JSON(none_as_null=True) if isinstance(c.type, JSON) else c.type for c in table.columns}
        adding = insert(table).values({name: bindparam(name, type_=kind) for name, kind in kinds.items()})

        def insert_all(rows: Sequence[Any]) -> None:
            writing.execute(adding, rows)

        return insert_all

    def stream(rows: Sequence[Row]) -> None:
        try:
            copy_in(writing, table, rows)
        except DBAPIError as error:
            reason = str(error.orig).strip().splitlines()[0]
            raise StoreError(f"The target rejected {table.name}: {reason}. Nothing was copied. Try again.") from error

    return stream


def _without_nuls(table: Table, rows: Sequence[Row]) -> list[Row]:
    """Return *rows*, with copies of those that contain a NUL character."""
    texts = [c.name for c in table.columns if isinstance(c.type, String) and not isinstance(c.type, Enum)]
    ready = []
    for row in rows:
        held = {
            name: row[name].replace("\0", "\N{REPLACEMENT CHARACTER}") for name in texts if "\0" in (row[name] or "")
        }
        ready.append({**row, **held} if held else row)
    return ready


def _compare(table: Table, reading: Connection, writing: Connection) -> int:
    counting = select(func.count()).select_from(table)
    there, here = reading.scalar(counting), writing.scalar(counting)
    if there != here or here is None:
        raise StoreError(
            f"{table.name} has {there} rows, but {here} arrived. Nothing was copied. This is a bug; report it."
        )
    _continue_numbering(table, writing)
    return here


def _continue_numbering(table: Table, writing: Connection) -> None:
    """Advance PostgreSQL's id sequence past the copied rows; SQLite does this by itself."""
    if writing.dialect.name != "postgresql" or "id" not in table.columns:
        return
    sequence = writing.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
    if sequence is not None:
        writing.execute(select(func.setval(sequence, func.coalesce(func.max(table.columns.id), 0) + 1, False)))
