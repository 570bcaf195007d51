"""Creates and drops PostgreSQL's monthly partitions of network events, for sessions that retention may delete.

Events of sessions that a person started are in the partition without a month from the start. Events of other sessions
that must be kept, such as the evidence of a downtime window, move there in small batches before their month is dropped.
"""

from collections.abc import Collection
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, Connection, Integer, Select, Table, and_, column, func, select, table, update
from sqlalchemy.orm import Session

from core.clock import as_utc
from core.models import DebugSession, NetworkEvent
from core.models.months import EVENTS, Month, own_key
from core.services import evidence_retention, months
from core.services.debug_session import AUTOMATIC

BATCH = 50  # sessions per transaction when events move: some 10,000 rows in two seconds


def month_of(db: Session, session_id: int) -> date | None:
    """Return the month for the events of a session; call this before its first event is stored.

    Returns:
        None if its events are deleted only with the session: a person started it, or the month has no partition.
    """
    if db.get_bind().dialect.name != "postgresql":
        return None
    asked = select(DebugSession.started_at).where(DebugSession.id == session_id)
    began = db.scalar(asked.where(DebugSession.trigger.in_(AUTOMATIC)))
    if began is None:
        return None
    month = Month.of(began, EVENTS)
    return month.first_day if db.scalar(select(func.to_regclass(month.name).is_not(None))) else None


def missing(db: Session, now: datetime) -> list[Month]:
    """Return the current and upcoming months without a partition."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    there = months.existing(db.connection(), EVENTS)
    return [month for month in months.ahead(as_utc(now), EVENTS) if month not in there]


def make(db: Session, month: Month) -> bool:
    """Create the partition for *month*; returns False if it exists already."""
    connection = db.connection()
    months.lock_changes(connection)
    if month in months.existing(connection, EVENTS):
        return False
    _make(connection, month)
    return True


def make_for(connection: Connection, first_days: Collection[date | None]) -> None:
    """Create the missing partitions for these months, in a store that nobody else uses."""
    if connection.dialect.name != "postgresql":
        return
    there = {month.first_day for month in months.existing(connection, EVENTS)}
    for day in sorted({day for day in first_days if day is not None} - there):
        _make(connection, Month.of(datetime.combine(day, time(), UTC), EVENTS))


def _make(connection: Connection, month: Month) -> None:
    connection.exec_driver_sql(f"CREATE TABLE {month.name} (LIKE {EVENTS} INCLUDING DEFAULTS, {own_key(month.name)})")
    # Create first and attach later: creating it as a partition would block all readers of events.
    connection.exec_driver_sql(
        f"ALTER TABLE {EVENTS} ATTACH PARTITION {month.name} FOR VALUES IN ('{month.first_day}')"
    )


def over(db: Session, before: datetime) -> list[Month]:
    """Return the months that ended by *before*."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    return [month for month in months.existing(db.connection(), EVENTS) if month.until <= as_utc(before)]


def keep(db: Session, month: Month, before: datetime) -> int:
    """Move the events of some sessions that must be kept out of *month*.

    Returns:
        The number of sessions; 0 once *month* holds only sessions that retention may delete, by *before*.
    """
    # Lock the sessions: a concurrent deletion waits, and then finds the events in their new place.
    staying = _kept_sessions(month, before).limit(BATCH).with_for_update(key_share=True)
    ids = db.scalars(staying.order_by(DebugSession.id)).all()
    events = NetworkEvent.__table__
    assert isinstance(events, Table)
    of_them = (events.c.month == month.first_day, events.c.debug_session_id.in_(ids))
    db.execute(update(events).where(*of_them).values(month=None))
    return len(ids)


def drop(db: Session, month: Month, before: datetime) -> bool:
    """Drop the partition of *month*; returns False if it is missing or a session in it must be kept."""
    is_staying = _kept_sessions(month, before).exists().select()
    return months.drop_unless(db, month, lambda: bool(db.scalar(is_staying)))  # a person may pin a session meanwhile


def _kept_sessions(month: Month, before: datetime) -> Select[int]:
    events = table(month.name, column("debug_session_id", Integer))
    is_in_it = DebugSession.id.in_(select(events.c.debug_session_id))
    return select(DebugSession.id).where(is_in_it, ~_is_due(before))


def _is_due(before: datetime) -> ColumnElement[bool]:
    return func.coalesce(and_(*evidence_retention.due(before)), False)
