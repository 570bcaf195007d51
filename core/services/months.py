"""Makes the months into which PostgreSQL splits the checks, and drops those that are older than is kept.

On SQLite, which keeps all checks in one table, there is nothing to make and nothing to drop. Each change holds up who
writes or reads checks for some milliseconds, and gives up where it would have to wait longer: it can come later.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, literal, select, text
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import Website, WebsiteState
from core.models.months import REST, TABLE, Month, Part, slot_index

AHEAD = timedelta(days=62)  # nobody has to look after it for two months
LOCK = 0x77617463686D6E74  # pg_advisory_xact_lock: "watchmnt"; two that make a month at once would both fail
# Who comes after one that waits for a table waits too. It is less than PostgreSQL's deadlock_timeout (1 s): of us and
# who stores a check, each with a table that the other wants, it is we who give up.
LOCK_TIMEOUT_MS = 500


def made(connection: Connection, table: str = TABLE) -> list[Month]:
    """The months of *table* that have one of their own, oldest first."""
    names = connection.scalars(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:whole AS regclass)"),
        {"whole": table},
    )
    return sorted(month for name in names if (month := Month.named(name)) is not None)


def are_used(connection: Connection) -> bool:
    """Whether the checks are split by month: never on SQLite, and not where TimescaleDB splits them."""
    if connection.dialect.name != "postgresql":
        return False
    kind = text("SELECT relkind = 'p' FROM pg_class WHERE oid = CAST(:whole AS regclass)")
    return bool(connection.scalar(kind, {"whole": TABLE}))


def missing(db: Session, now: datetime, since: datetime) -> list[Month]:
    """The months that want a table: this one and those ahead, and those from *since* on that the rest has checks of."""
    if not are_used(db.connection()):
        return []
    moment, last = as_utc(now), as_utc(now) + AHEAD
    left = text(f"SELECT DISTINCT date_trunc('month', checked_at, 'UTC') FROM {REST}")  # noqa: S608
    stray = [Month.of(first) for first in db.scalars(left)]
    wanted = [*ahead(moment), *(month for month in stray if month.until > as_utc(since))]
    there = set(made(db.connection()))
    return sorted({month for month in wanted if month.since <= last} - there)


def make(db: Session, month: Month) -> bool:
    """Make a table for *month*, with what the rest held of it; False where it is there already."""
    connection = db.connection()
    be_alone(connection)
    if month in made(connection) or not are_used(connection):
        return False
    # In the order in which a website that is deleted takes its checks with it, so that neither waits for the other.
    connection.exec_driver_sql("LOCK TABLE websites IN SHARE ROW EXCLUSIVE MODE")
    connection.exec_driver_sql(f"LOCK TABLE {REST} IN ACCESS EXCLUSIVE MODE")
    _make(connection, month)
    return True


def make_for(connection: Connection, moments: Collection[datetime]) -> None:
    """Make the months of these *moments* that are not there, where there are any, in a store that nobody else uses."""
    if not are_used(connection):
        return
    there = made(connection)
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
    """The months that ended by *before* and of which everything was added up."""
    connection = db.connection()
    if not are_used(connection):
        return []
    return [month for month in made(connection) if month.until <= as_utc(before) and not is_needed(db, month)]


def drop(db: Session, month: Month) -> bool:
    """Drop the checks of *month*; False where they are not there, or not all of them were added up."""
    return drop_unless(db, month, lambda: is_needed(db, month))


def drop_unless(db: Session, month: Month, is_kept: Callable[[], bool]) -> bool:
    """Drop what is in *month*; False where it is not there, or *is_kept* says so, which is asked twice."""
    connection = db.connection()
    be_alone(connection)
    if month not in made(connection, month.table) or is_kept():
        return False
    # What dropping takes anyway, but before it is looked whether something to be kept came meanwhile: asked for the
    # second time, that takes a tenth.
    connection.exec_driver_sql(f"LOCK TABLE ONLY {month.table} IN ACCESS EXCLUSIVE MODE")
    if is_kept():
        return False
    connection.exec_driver_sql(f"DROP TABLE {month.name}")
    return True


def is_needed(db: Session, part: Part) -> bool:
    """Whether a website has checks in it that were not added up; asks the index about those that are behind."""
    own = select(literal(1)).select_from(text(part.name)).where(text(f"{part.name}.website_id = websites.id"))
    is_behind = WebsiteState.rolled_until.is_(None) | (WebsiteState.rolled_until < part.until)
    behind = select(Website.id).outerjoin(WebsiteState, WebsiteState.website_id == Website.id).where(is_behind)
    return bool(db.scalar(select(behind.where(exists(own)).exists())))


def be_alone(connection: Connection) -> None:
    """Have nobody else make or drop anything until this transaction ends, and wait briefly for all that it locks."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))


def ahead(moment: datetime, table: str = TABLE) -> list[Month]:
    """The month in which *moment* is, and those that are made ahead then."""
    found = [Month.of(moment, table)]
    while found[-1].until <= moment + AHEAD:
        found.append(found[-1].following)
    return found
