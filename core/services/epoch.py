"""An SQL function for both databases that converts an instant into seconds since 1970."""

from typing import Any

from sqlalchemy import Double, Function
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction


class epoch(GenericFunction[float]):  # noqa: N801 - it reads as the SQL function that it is
    """Seconds since 1970-01-01 UTC, with fractions."""

    type = Double()
    inherit_cache = True


@compiles(epoch, "postgresql")
def _on_postgresql(element: Function[float], compiler: SQLCompiler, **options: Any) -> str:
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)}) AS DOUBLE PRECISION)"


@compiles(epoch, "sqlite")
def _on_sqlite(element: Function[float], compiler: SQLCompiler, **options: Any) -> str:
    # unixepoch() has fractions only since SQLite 3.42, and rounds them to milliseconds; this expression is exact.
    # Julian days are accurate to 40 µs, so rounding gives whole seconds. strftime would take half as long again.
    moment = compiler.process(element.clauses, **options)
    return f"(round((julianday(substr({moment}, 1, 19)) - 2440587.5) * 86400) + CAST(substr({moment}, 20) AS REAL))"
