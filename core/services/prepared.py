"""Statements that every batch of checks runs: made once, and run past the ORM.

Making a statement and its cache key, and the ORM's look at its rows, take three quarters of the time of a short one.
On SQLite each is also compiled once for all, with its ids as one value, and values go to and fro as the driver has
them: half of the rest.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import orjson
from sqlalchemy import BindParameter, Executable, bindparam
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

IDS: BindParameter[Any] = bindparam("ids", expanding=True)
SQLITE = sqlite.dialect()
KEPT = 256  # statements; there are some thirty

Turn = Callable[[Any], Any]
"""Makes a value what the driver takes, or the other way round."""


def rows_of(db: Session, statement: Executable, **given: Any) -> Sequence[Any]:
    """What *statement*, on tables and not on models, finds for the parameters *given*; sees what *db* is to store."""
    db.flush()
    connection = db.connection()
    plain = _plain(statement, tuple(given)) if connection.dialect.name == "sqlite" else None
    if plain is None:
        return connection.execute(statement, given).all()
    return plain.read(connection.exec_driver_sql(plain.sql, plain.values(given)).all())


def run_many(
    db: Session, statement: Executable, rows: Sequence[Mapping[str, Any]], names: Collection[str] | None = None
) -> None:
    """Run *statement* for each of *rows*, which have the same keys, with what of it these *names*, or all, name."""
    db.flush()
    connection = db.connection()
    names = rows[0].keys() if names is None else names
    plain = _plain(statement, tuple(names), is_many=True) if connection.dialect.name == "sqlite" else None
    if plain is None:
        connection.execute(statement, [{name: row[name] for name in names} for row in rows])
    else:
        connection.exec_driver_sql(plain.sql, [plain.values(row) for row in rows])


@dataclass(frozen=True, slots=True)
class Plain:
    """A statement in SQLite's own words."""

    sql: str
    parameters: tuple[tuple[str, Turn | None], ...]
    """In order."""
    columns: tuple[tuple[int, Turn], ...]
    """Places in a row of what is to be turned."""

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...]:
        """The parameters *given*, as the driver takes them."""
        return tuple([given[name] if turn is None else turn(given[name]) for name, turn in self.parameters])

    def read(self, rows: Sequence[Any]) -> Sequence[Any]:
        """The driver's *rows* as Python has them."""
        return [self._turned(row) for row in rows] if self.columns else rows

    def _turned(self, row: Sequence[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place, turn in self.columns:
            values[place] = turn(values[place])
        return tuple(values)


@lru_cache(maxsize=KEPT)
def _plain(statement: Any, given: tuple[str, ...], *, is_many: bool = False) -> Plain | None:
    """*statement* with parameters of these names; None where SQLAlchemy has to see to more than them."""
    compiled = cast("SQLCompiler", statement.compile(dialect=SQLITE, column_keys=given, for_executemany=is_many))
    names = compiled.positiontup or []
    if compiled.insert_prefetch or compiled.update_prefetch or not set(names) <= set(given):
        return None  # a default to make, or a value that the statement itself holds
    sql, parameters = compiled.string, []
    for name in names:
        parameter = compiled.binds[name]
        if parameter.expanding:
            sql = sql.replace(f"(__[POSTCOMPILE_{name}])", "(SELECT value FROM json_each(?))")
        parameters.append((name, _json if parameter.expanding else _into(parameter.type)))
    found = [] if is_many else enumerate(statement.selected_columns)
    columns = [(place, turn) for place, column in found if (turn := _out_of(column.type)) is not None]
    return Plain(sql=sql, parameters=tuple(parameters), columns=tuple(columns))


def _json(ids: Sequence[int]) -> str:
    return orjson.dumps(list(ids)).decode()


def _into(kind: TypeEngine[Any]) -> Turn | None:
    return kind.dialect_impl(SQLITE).bind_processor(SQLITE)


def _out_of(kind: TypeEngine[Any]) -> Turn | None:
    return kind.dialect_impl(SQLITE).result_processor(SQLITE, None)
