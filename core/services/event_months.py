"""Makes the months into which PostgreSQL splits the events of sessions that may go by themselves, and drops them.

What a person started is in the rest from the beginning. What turns out to stay, such as the evidence of a downtime
window, moves there before its month goes: some sessions at a time, for which nobody waits.
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

BATCH = 50  # sessions whose events a transaction moves: some 10,000 rows, in two seconds


def month_of(db: Session, session_id: int) -> date | None:
    """What the events of a session have as their month, to be asked before its first one is stored.

    Returns:
        None where nothing but the session itself takes them along: somebody started it, or there is no such month.
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
    """The months that want a table: this one and those ahead."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    there = months.made(db.connection(), EVENTS)
    return [month for month in months.ahead(as_utc(now), EVENTS) if month not in there]


def make(db: Session, month: Month) -> bool:
    """Make a table for *month*; False where it is there already."""
    connection = db.connection()
    months.be_alone(connection)
    if month in months.made(connection, EVENTS):
        return False
    _make(connection, month)
    return True


def make_for(connection: Connection, first_days: Collection[date | None]) -> None:
    """Make the months of events that have these as theirs, where they are not there, in a store nobody else uses."""
    if connection.dialect.name != "postgresql":
        return
    there = {month.first_day for month in months.made(connection, EVENTS)}
    for day in sorted({day for day in first_days if day is not None} - there):
        _make(connection, Month.of(datetime.combine(day, time(), UTC), EVENTS))


def _make(connection: Connection, month: Month) -> None:
    connection.exec_driver_sql(f"CREATE TABLE {month.name} (LIKE {EVENTS} INCLUDING DEFAULTS, {own_key(month.name)})")
    # Not made as a part of the whole at once, which would hold up all who read events.
    connection.exec_driver_sql(
        f"ALTER TABLE {EVENTS} ATTACH PARTITION {month.name} FOR VALUES IN ('{month.first_day}')"
    )


def over(db: Session, before: datetime) -> list[Month]:
    """The months that ended by *before*."""
    if db.get_bind().dialect.name != "postgresql":
        return []
    return [month for month in months.made(db.connection(), EVENTS) if month.until <= as_utc(before)]


def keep(db: Session, month: Month, before: datetime) -> int:
    """Move the events of some sessions that stay, of those that began before *before*, out of *month* into the rest.

    Returns:
        Of how many sessions; 0 once only such are left in it as may go.
    """
    # Who deletes one meanwhile waits, and finds its events where they are then.
    staying = _staying(month, before).limit(BATCH).with_for_update(key_share=True)
    ids = db.scalars(staying.order_by(DebugSession.id)).all()
    events = NetworkEvent.__table__
    assert isinstance(events, Table)
    of_them = (events.c.month == month.first_day, events.c.debug_session_id.in_(ids))
    db.execute(update(events).where(*of_them).values(month=None))
    return len(ids)


def drop(db: Session, month: Month, before: datetime) -> bool:
    """Drop the events of *month*, all of sessions that are deleted next; False where one stays, or it is not there."""
    is_staying = _staying(month, before).exists().select()
    return months.drop_unless(db, month, lambda: bool(db.scalar(is_staying)))  # somebody may pin one meanwhile


def _staying(month: Month, before: datetime) -> Select[int]:
    events = table(month.name, column("debug_session_id", Integer))
    is_in_it = DebugSession.id.in_(select(events.c.debug_session_id))
    return select(DebugSession.id).where(is_in_it, ~_is_due(before))


def _is_due(before: datetime) -> ColumnElement[bool]:
    return func.coalesce(and_(*evidence_retention.due(before)), False)
