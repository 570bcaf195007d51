"""Moves the checks of a PostgreSQL store from monthly partitions into TimescaleDB's chunks, and back.

Keys and indexes move too. Everything is one transaction, so an interruption leaves the store unchanged.
"""

from collections.abc import Callable

from sqlalchemy import Connection, text

from core.errors import StoreError
from core.models.months import REST, TABLE, slot_index
from core.services import hypertable, months

BEFORE = f"{TABLE}_before"

EXTENSION = text("SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb')")
A_CHECK = text(f"SELECT EXISTS (SELECT FROM {TABLE})")  # noqa: S608
KEYS = text(
    "SELECT format('ALTER TABLE %I ADD CONSTRAINT %I %s', CAST(:whole AS text), conname, pg_get_constraintdef(oid)) "
    "FROM pg_constraint WHERE conrelid = CAST(:whole AS regclass) AND contype IN ('p', 'f')"
)
INDEXES = text(
    "SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') FROM pg_index "
    "WHERE indrelid = CAST(:whole AS regclass) AND NOT indisprimary"
)
MONTHS = text(f"SELECT DISTINCT date_trunc('month', checked_at, 'UTC') FROM {BEFORE} WHERE checked_at <= now()")  # noqa: S608


def can_use_chunks(connection: Connection) -> bool:
    """Return whether checks could be moved into chunks."""
    is_postgresql = connection.dialect.name == "postgresql"
    return is_postgresql and bool(connection.scalar(EXTENSION)) and not hypertable.is_used(connection)


def use_chunks_where_new(connection: Connection) -> bool:
    """Switch a store without checks to chunks if TimescaleDB is available; returns whether it did."""
    if not can_use_chunks(connection) or connection.scalar(A_CHECK):
        return False
    months.lock_changes(connection)
    _lock(connection)
    if hypertable.is_used(connection) or connection.scalar(A_CHECK):  # another process was faster
        return False
    _into_chunks(connection)
    return True


def use_chunks(connection: Connection) -> int:
    """Move the checks from months into chunks; returns the number of checks.

    Raises:
        StoreError: They are in chunks already, or the database has no TimescaleDB.
    """
    if hypertable.is_used(connection):
        raise StoreError("The checks are already in TimescaleDB chunks.")
    if not can_use_chunks(connection):
        raise StoreError("The database has no TimescaleDB. Run CREATE EXTENSION timescaledb in it, then try again.")
    _lock(connection)
    return _into_chunks(connection)


def use_months(connection: Connection) -> int:
    """Move the checks from chunks into months; returns the number of checks.

    Raises:
        StoreError: They are in no chunks.
    """
    if not hypertable.is_used(connection):
        raise StoreError("The checks are not in TimescaleDB chunks.")
    _lock(connection)
    return _into_months(connection)


def _lock(connection: Connection) -> None:
    connection.exec_driver_sql(f"LOCK TABLE websites, {TABLE} IN ACCESS EXCLUSIVE MODE")


def _into_chunks(connection: Connection) -> int:
    def make() -> None:
        # In the table's own schema, because only a superuser may create an index in TimescaleDB's schema.
        connection.exec_driver_sql(
            f"SELECT create_hypertable('{TABLE}', 'checked_at', chunk_time_interval => "
            f"INTERVAL '{hypertable.CHUNK.days} days', create_default_indexes => false, "
            f"associated_schema_name => current_schema(), associated_table_prefix => '{TABLE}')"
        )

    count = _rebuild(connection, "", make)
    hypertable.index_slots(connection)
    return count


def _into_months(connection: Connection) -> int:
    def make() -> None:
        connection.exec_driver_sql(f"CREATE TABLE {REST} PARTITION OF {TABLE} DEFAULT")
        connection.exec_driver_sql(slot_index(REST))
        months.make_for(connection, connection.scalars(MONTHS).all())

    return _rebuild(connection, "PARTITION BY RANGE (checked_at)", make)


def _rebuild(connection: Connection, split: str, make: Callable[[], None]) -> int:
    """Copy the checks into a table with another partitioning, then create its indexes, which is three times as fast."""
    finish = [*connection.scalars(KEYS, {"whole": TABLE}), *connection.scalars(INDEXES, {"whole": TABLE})]
    connection.exec_driver_sql(f"ALTER TABLE {TABLE} RENAME TO {BEFORE}")
    connection.exec_driver_sql(f"CREATE TABLE {TABLE} (LIKE {BEFORE} INCLUDING DEFAULTS) {split}")
    make()
    count = connection.exec_driver_sql(f"INSERT INTO {TABLE} SELECT * FROM {BEFORE}").rowcount  # noqa: S608
    connection.exec_driver_sql(f"ALTER SEQUENCE {TABLE}_id_seq OWNED BY {TABLE}.id")
    connection.exec_driver_sql(f"DROP TABLE {BEFORE}")
    for statement in (*finish, f"ANALYZE {TABLE}"):
        connection.exec_driver_sql(statement)
    return count
