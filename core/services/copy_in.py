"""Inserts rows into a PostgreSQL table by binary COPY."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import JSON, Connection, Dialect, Enum, Table
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

Row = Mapping[Any, Any]
Bind = Callable[[Any], Any] | None


def copy_in(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert *rows*, which must all have the columns of the first one, in the transaction of *connection*.

    Missing columns get the database's own defaults, not Python's. An absent JSON value becomes NULL, not JSON's
    ``null``.

    Raises:
        DBAPIError: As for any statement, such as `IntegrityError` for an existing row.
    """
    if not rows:
        return
    names = tuple(rows[0])
    command, types, binds = _plan(table, names, connection.dialect)
    columns = tuple(zip(names, binds, strict=True))
    raw = connection.connection.driver_connection
    assert isinstance(raw, psycopg.Connection)
    try:
        with raw.cursor() as cursor, cursor.copy(command) as copying:
            copying.set_types(types)
            for row in rows:
                copying.write_row([row[name] if bind is None else bind(row[name]) for name, bind in columns])
    except psycopg.Error as error:
        raise _as_of_sqlalchemy(command.as_string(raw), error, connection.dialect) from error


@cache  # building this costs as much as storing a hundred rows; a dialect lives as long as its engine
def _plan(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[sql.Composed, tuple[str, ...], tuple[Bind, ...]]:
    kinds = [_kind(table.columns[name].type) for name in names]
    command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    binds = tuple(kind.dialect_impl(dialect).bind_processor(dialect) for kind in kinds)
    return command, tuple(_wire_type(kind, dialect) for kind in kinds), binds


def _kind(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    return JSON(none_as_null=True) if isinstance(kind, JSON) else kind


def _wire_type(kind: TypeEngine[Any], dialect: Dialect) -> str:
    """Return psycopg's name of the type. In binary format, a number must have the column's exact size."""
    if isinstance(kind, Enum):
        return "text"  # enums are sent by name
    return kind.compile(dialect=dialect).partition("(")[0].lower()


def _as_of_sqlalchemy(command: str, error: psycopg.Error, dialect: Dialect) -> BaseException:
    return DBAPIError.instance(
        command, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=False, dialect=dialect
    )
