"""Manages TimescaleDB's chunks of checks, for stores that use them instead of monthly partitions.

TimescaleDB creates a chunk when the first check of a week arrives. This module uses only features of its Apache
edition. `core.services.resplit` moves checks into chunks.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models.months import TABLE, slot_index
from core.services import months

CHUNK = timedelta(days=7)  # checks may stay this much longer than configured; more chunks would slow query planning

CHUNKS = text(
    "SELECT range_start AS since, range_end AS until, format('%I.%I', chunk_schema, chunk_name) AS name "
    "FROM timescaledb_information.chunks WHERE hypertable_name = :whole ORDER BY range_start"
)
WITHOUT_SLOTS = text(
    "SELECT format('%I.%I', chunk_schema, chunk_name) FROM timescaledb_information.chunks "
    "WHERE hypertable_name = :whole "
    "AND NOT EXISTS (SELECT FROM pg_indexes WHERE schemaname = chunk_schema AND indexname = chunk_name || '_slot')"
)
A_CHECK = text(
    f"INSERT INTO {TABLE} (website_id, status, http_method, checked_at, created_at) "  # noqa: S608
    "SELECT id, 'UP', 'GET', :moment, :moment FROM websites LIMIT 1 RETURNING id"
)
NOT_THAT_CHECK = text(f"DELETE FROM {TABLE} WHERE id = :id AND checked_at = :moment")  # noqa: S608
DROP = text("SELECT drop_chunks(:whole, CAST(:until AS timestamptz), CAST(:since AS timestamptz))")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """The checks that began from *since* to before *until*."""

    since: datetime
    until: datetime
    name: str
    """The name of its table, with the schema."""


def is_used(connection: Connection) -> bool:
    """Return whether checks are in chunks. On PostgreSQL they are either in chunks or in months."""
    return connection.dialect.name == "postgresql" and not months.are_used(connection)


def existing(connection: Connection) -> list[Chunk]:
    """Return the existing chunks, oldest first."""
    return [Chunk(**row) for row in connection.execute(CHUNKS, {"whole": TABLE}).mappings()]


def prepare(db: Session, now: datetime) -> int:
    """Create the chunks of this week and the next, and missing slot indexes; returns the number of new indexes.

    In a new store without websites, the first check creates the first chunk, and its index follows within an hour.
    """
    connection = db.connection()
    if not is_used(connection):
        return 0
    months.lock_changes(connection)
    for moment in _uncovered(existing(connection), (as_utc(now), as_utc(now) + CHUNK)):
        # An insert makes TimescaleDB create the chunk. The row is deleted before anybody can see it.
        number = connection.scalar(A_CHECK, {"moment": moment})
        connection.execute(NOT_THAT_CHECK, {"id": number, "moment": moment})
    return index_slots(connection)


def index_slots(connection: Connection) -> int:
    """Create the missing slot indexes of chunks; returns how many."""
    bare = connection.scalars(WITHOUT_SLOTS, {"whole": TABLE}).all()
    for name in bare:
        connection.exec_driver_sql(slot_index(name))
    return len(bare)


def outdated(db: Session, before: datetime) -> list[Chunk]:
    """Return the chunks that ended by *before* and whose checks are all in rollups."""
    connection = db.connection()
    if not is_used(connection):
        return []
    return [
        chunk for chunk in existing(connection) if chunk.until <= as_utc(before) and not months.is_needed(db, chunk)
    ]


def drop(db: Session, chunk: Chunk) -> bool:
    """Drop *chunk*; returns False if it is missing or some checks are not in rollups yet."""
    connection = db.connection()
    months.lock_changes(connection)
    if not is_used(connection) or chunk not in existing(connection) or months.is_needed(db, chunk):
        return False
    # Dropping takes this lock anyway. Taking it first lets us repeat the check without a race.
    connection.exec_driver_sql(f"LOCK TABLE {chunk.name} IN ACCESS EXCLUSIVE MODE")
    if months.is_needed(db, chunk):
        return False
    connection.execute(DROP, {"whole": TABLE, "until": chunk.until, "since": chunk.since})
    return True


def _uncovered(there: Sequence[Chunk], moments: Sequence[datetime]) -> list[datetime]:
    return [moment for moment in moments if not any(chunk.since <= moment < chunk.until for chunk in there)]
