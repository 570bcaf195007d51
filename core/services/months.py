"""Makes the months into which PostgreSQL splits the checks, and drops those that are older than is kept.

On SQLite, which keeps all checks in one table, there is nothing to make and nothing to drop. Each change holds up who
writes or reads checks for some milliseconds, and gives up where it would have to wait longer: it can come later.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, literal, select, text
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import Website, WebsiteState
from core.models.months import REST, TABLE, Month, slot_index

AHEAD = timedelta(days=62)  # nobody has to look after it for two months
LOCK = 0x77617463686D6E74  # pg_advisory_xact_lock: "watchmnt"; two that make a month at once would both fail
# Who comes after one that waits for a table waits too. It is less than PostgreSQL's deadlock_timeout (1 s): of us and
# who stores a check, each with a table that the other wants, it is we who give up.
LOCK_TIMEOUT_MS = 500


def made(connection: Connection) -> list[Month]:
    """The months that have a table, oldest first."""
    names = connection.scalars(
        text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = CAST(:whole AS regclass)"),
        {"whole": TABLE},
    )
    return sorted(month for name in names if (month := Month.named(name)) is not None)


def missing(db: Session, now: datetime, since: datetime) -> list[Month]:
    """The months that want a table: this one and those ahead, and those from *since* on that the rest has checks of."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    moment, last = as_utc(now), as_utc(now) + AHEAD
    left = text(f"SELECT DISTINCT date_trunc('month', checked_at, 'UTC') FROM {REST}")  # noqa: S608
    stray = [Month.of(first) for first in db.scalars(left)]
    wanted = [*_between(moment, last), *(month for month in stray if month.until > as_utc(since))]
    there = set(made(db.connection()))
    return sorted({month for month in wanted if month.since <= last} - there)


def make(db: Session, month: Month) -> bool:
    """Make a table for *month*, with what the rest held of it; False where it is there already."""
    connection = db.connection()
    _wait_briefly(connection)
    connection.execute(select(func.pg_advisory_xact_lock(LOCK)))
    if month in made(connection):
        return False
    # In the order in which a website that is deleted takes its checks with it, so that neither waits for the other.
    connection.exec_driver_sql("LOCK TABLE websites IN SHARE ROW EXCLUSIVE MODE")
    connection.exec_driver_sql(f"LOCK TABLE {REST} IN ACCESS EXCLUSIVE MODE")
    _make(connection, month)
    return True


def make_for(connection: Connection, moments: Collection[datetime]) -> None:
    """Make the months of these *moments* that are not there, in a store that nobody else uses yet."""
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
    if db.get_bind().dialect.name != "postgresql":
        return []
    return [month for month in made(db.connection()) if month.until <= as_utc(before) and not _is_needed(db, month)]


def drop(db: Session, month: Month) -> bool:
    """Drop the checks of *month*; False where they are not there, or not all of them were added up."""
    connection = db.connection()
    _wait_briefly(connection)
    # What dropping takes anyway, but before it is looked whether a late check came in meanwhile.
    connection.exec_driver_sql(f"LOCK TABLE ONLY {TABLE} IN ACCESS EXCLUSIVE MODE")
    if month not in made(connection) or _is_needed(db, month):
        return False
    connection.exec_driver_sql(f"DROP TABLE {month.name}")
    return True


def _is_needed(db: Session, month: Month) -> bool:
    """Whether a website has checks in it that were not added up; asks the index about those that are behind."""
    own = select(literal(1)).select_from(text(month.name)).where(text(f"{month.name}.website_id = websites.id"))
    is_behind = WebsiteState.rolled_until.is_(None) | (WebsiteState.rolled_until < month.until)
    behind = select(Website.id).outerjoin(WebsiteState, WebsiteState.website_id == Website.id).where(is_behind)
    return bool(db.scalar(select(behind.where(exists(own)).exists())))


def _wait_briefly(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")


def _between(since: datetime, until: datetime) -> list[Month]:
    found = [Month.of(since)]
    while found[-1].until <= until:
        found.append(found[-1].following)
    return found
