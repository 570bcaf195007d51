"""Creates PostgreSQL's monthly partitions of checks, and drops old ones.

SQLite keeps all checks in one table, so these functions do nothing there. Each change blocks readers and writers of
checks for some milliseconds. If it would have to wait longer, it gives up, and the caller retries later.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, literal, select, text
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import Website, WebsiteState
from core.models.months import REST, TABLE, Month, Part, slot_index

AHEAD = timedelta(days=62)  # months are created this long ahead
LOCK = 0x77617463686D6E74  # pg_advisory_xact_lock: "watchmnt". Two processes that create a month would both fail
# While we wait for a table lock, everybody behind us waits too. The limit is below PostgreSQL's deadlock_timeout (1 s):
# in a deadlock with a transaction that stores checks, we give up first.
LOCK_TIMEOUT_MS = 500


def existing(connection: Connection, table: str = TABLE) -> list[Month]:
    """Return the existing monthly partitions of *table*, oldest first."""
    names = connection.scalars(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:whole AS regclass)"),
        {"whole": table},
    )
    return sorted(month for name in names if (month := Month.named(name)) is not None)


def are_used(connection: Connection) -> bool:
    """Return whether checks are partitioned by month: not on SQLite, and not with TimescaleDB's chunks."""
    if connection.dialect.name != "postgresql":
        return False
    kind = text("SELECT relkind = 'p' FROM pg_class WHERE oid = CAST(:whole AS regclass)")
    return bool(connection.scalar(kind, {"whole": TABLE}))


def missing(db: Session, now: datetime, since: datetime) -> list[Month]:
    """Return the months without a partition: the current and upcoming ones, and stray ones since *since*.

    A stray month has checks in the default partition.
    """
    if not are_used(db.connection()):
        return []
    moment, last = as_utc(now), as_utc(now) + AHEAD
    left = text(f"SELECT DISTINCT date_trunc('month', checked_at, 'UTC') FROM {REST}")  # noqa: S608
    stray = [Month.of(first) for first in db.scalars(left)]
    wanted = [*ahead(moment), *(month for month in stray if month.until > as_utc(since))]
    there = set(existing(db.connection()))
    return sorted({month for month in wanted if month.since <= last} - there)


def make(db: Session, month: Month) -> bool:
    """Create the partition for *month* and move its checks there; returns False if it exists already."""
    connection = db.connection()
    lock_changes(connection)
    if month in existing(connection) or not are_used(connection):
        return False
    # Lock in the same order as the deletion of a website with its checks, to avoid deadlocks.
    connection.exec_driver_sql("LOCK TABLE websites IN SHARE ROW EXCLUSIVE MODE")
    connection.exec_driver_sql(f"LOCK TABLE {REST} IN ACCESS EXCLUSIVE MODE")
    _make(connection, month)
    return True


def make_for(connection: Connection, moments: Collection[datetime]) -> None:
    """Create the missing months of these *moments*, if checks use months, in a store that nobody else uses."""
    if not are_used(connection):
        return
    there = existing(connection)
    for month in sorted({Month.of(moment) for moment in moments} - set(there)):
        _make(connection, month)


def _make(connection: Connection, month: Month) -> None:
    bounds = f"'{month.since.isoformat()}' AND checked_at < '{month.until.isoformat()}'"
    connection.exec_driver_sql(f"CREATE TABLE {month.name} (LIKE {TABLE} INCLUDING DEFAULTS)")
    connection.exec_driver_sql(
        f"WITH moved AS (DELETE FROM {REST} WHERE checked_at >= {bounds} RETURNING *) "  # noqa: S608
        f"INSERT INTO {month.name} SELECT * FROM moved"
    )
    connection.exec_driver_sql(
        f"ALTER TABLE {TABLE} ATTACH PARTITION {month.name} "
        f"FOR VALUES FROM ('{month.since.isoformat()}') TO ('{month.until.isoformat()}')"
    )
    connection.exec_driver_sql(slot_index(month.name))


def outdated(db: Session, before: datetime) -> list[Month]:
    """Return the months that ended by *before* and whose checks are all in rollups."""
    connection = db.connection()
    if not are_used(connection):
        return []
    return [month for month in existing(connection) if month.until <= as_utc(before) and not is_needed(db, month)]


def drop(db: Session, month: Month) -> bool:
    """Drop the partition of *month*; returns False if it is missing or some checks are not in rollups yet."""
    return drop_unless(db, month, lambda: is_needed(db, month))


def drop_unless(db: Session, month: Month, is_kept: Callable[[], bool]) -> bool:
    """Drop the partition of *month*; returns False if it is missing or *is_kept*, called twice, returns True."""
    connection = db.connection()
    lock_changes(connection)
    if month not in existing(connection, month.table) or is_kept():
        return False
    # DROP takes this lock anyway. Taking it first lets us repeat the check without a race; the repetition takes a tenth
    # of the time.
    connection.exec_driver_sql(f"LOCK TABLE ONLY {month.table} IN ACCESS EXCLUSIVE MODE")
    if is_kept():
        return False
    connection.exec_driver_sql(f"DROP TABLE {month.name}")
    return True


def is_needed(db: Session, part: Part) -> bool:
    """Return whether the partition has checks that are not in rollups; uses the index for websites that are behind."""
    own = select(literal(1)).select_from(text(part.name)).where(text(f"{part.name}.website_id = websites.id"))
    is_behind = WebsiteState.rolled_until.is_(None) | (WebsiteState.rolled_until < part.until)
    behind = select(Website.id).outerjoin(WebsiteState, WebsiteState.website_id == Website.id).where(is_behind)
    return bool(db.scalar(select(behind.where(exists(own)).exists())))


def lock_changes(connection: Connection) -> None:
    """Exclude other partition changes until this transaction ends, and limit how long it waits for table locks."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def ahead(moment: datetime, table: str = TABLE) -> list[Month]:
    """Return the month of *moment* and the upcoming months to create."""
    found = [Month.of(moment, table)]
    while found[-1].until <= moment + AHEAD:
        found.append(found[-1].following)
    return found
