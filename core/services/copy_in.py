"""Rows into a table of PostgreSQL by binary COPY: what both the writers of many rows and the copying of stores use."""

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
    """Store *rows*, which all have the columns of the first one, in the transaction of *connection*.

    Nothing is filled in: a column that is not named gets what the database itself puts there. An absent JSON value
    is stored as NULL, not as JSON's ``null``.

    Raises:
        DBAPIError: As from any statement, such as `IntegrityError` for a row that is there already.
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


@cache  # a dialect lives as long as its engine; making this costs as much as storing a hundred rows
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
    """What psycopg calls the type: binary, a number has to be of the column's own size."""
    if isinstance(kind, Enum):
        return "text"  # an enum's value goes over the wire as its name
    return kind.compile(dialect=dialect).partition("(")[0].lower()


def _as_of_sqlalchemy(command: str, error: psycopg.Error, dialect: Dialect) -> BaseException:
    return DBAPIError.instance(
        command, None, error, psycopg.Error, hide_parameters=True, connection_invalidated=False, dialect=dialect
    )
