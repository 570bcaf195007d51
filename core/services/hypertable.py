"""The chunks of TimescaleDB in which a store keeps its checks, where it keeps them in no months.

TimescaleDB makes a chunk by itself when the first check of its week comes in. Nothing is used that its Apache edition
has not. How checks get there: `core.services.resplit`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models.months import TABLE, slot_index
from core.services import months

CHUNK = timedelta(days=7)  # so much longer than is asked for a check may stay; each chunk costs every query planning

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
    """Of its table, with the schema."""


def is_used(connection: Connection) -> bool:
    """Whether the checks are in chunks: on PostgreSQL they are, or in months."""
    return connection.dialect.name == "postgresql" and not months.are_used(connection)


def made(connection: Connection) -> list[Chunk]:
    """The chunks that there are, oldest first."""
    return [Chunk(**row) for row in connection.execute(CHUNKS, {"whole": TABLE}).mappings()]


def prepare(db: Session, now: datetime) -> int:
    """Make the chunks of this week and the next, and the index by slot where one has none; returns how many had none.

    A new store, without a website yet, has a chunk only with its first check, and that index within an hour.
    """
    connection = db.connection()
    if not is_used(connection):
        return 0
    months.be_alone(connection)
    for moment in _uncovered(made(connection), (as_utc(now), as_utc(now) + CHUNK)):
        # TimescaleDB makes a chunk for what comes in, so this does, and nobody ever sees it.
        number = connection.scalar(A_CHECK, {"moment": moment})
        connection.execute(NOT_THAT_CHECK, {"id": number, "moment": moment})
    return index_slots(connection)


def index_slots(connection: Connection) -> int:
    """Make the index by slot of each chunk that has none; returns how many had none."""
    bare = connection.scalars(WITHOUT_SLOTS, {"whole": TABLE}).all()
    for name in bare:
        connection.exec_driver_sql(slot_index(name))
    return len(bare)


def outdated(db: Session, before: datetime) -> list[Chunk]:
    """The chunks that ended by *before* and of which everything was added up."""
    connection = db.connection()
    if not is_used(connection):
        return []
    return [chunk for chunk in made(connection) if chunk.until <= as_utc(before) and not months.is_needed(db, chunk)]


def drop(db: Session, chunk: Chunk) -> bool:
    """Drop the checks of *chunk*; False where they are not there, or not all of them were added up."""
    connection = db.connection()
    months.be_alone(connection)
    if not is_used(connection) or chunk not in made(connection) or months.is_needed(db, chunk):
        return False
    # What dropping takes anyway, but before it is looked whether a late check came in meanwhile.
    connection.exec_driver_sql(f"LOCK TABLE {chunk.name} IN ACCESS EXCLUSIVE MODE")
    if months.is_needed(db, chunk):
        return False
    connection.execute(DROP, {"whole": TABLE, "until": chunk.until, "since": chunk.since})
    return True


def _uncovered(there: Sequence[Chunk], moments: Sequence[datetime]) -> list[datetime]:
    return [moment for moment in moments if not any(chunk.since <= moment < chunk.until for chunk in there)]
