"""Deletes old checks and rollups in batches that are too small to block other writers.

Rows are deleted only after the coarser level was created from them. Uptime remains, because known time and downtime
windows are kept for ever.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Integer,
    TableClause,
    and_,
    column,
    delete,
    func,
    select,
    table,
    true,
)
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_at
from core.models import Rollup, UtcDateTime, WebsiteState
from core.models import months as tables
from core.models.base import CheckId
from core.services import hypertable, months
from core.services.levels import DAY, HOUR, MINUTE
from core.services.rollups import LEVELS

BATCH = 2_000  # rows per transaction: some 20 ms, during which SQLite cannot store checks
BATCH_ON_SERVER = 20_000  # rollups per transaction on PostgreSQL, where this blocks nobody
# For pg_try_advisory_xact_lock: "watchold". Two processes that delete the same rows could deadlock.
LOCK = 0x77617463686F6C64

SETTLED_BY = timedelta(days=1)  # a clock without a leap for this long is trusted; a wrong one is corrected by then


def _checks_in(name: str) -> TableClause:
    return table(name, column("id", CheckId), column("website_id", Integer), column("checked_at", UtcDateTime))


ALL, REST = _checks_in(tables.TABLE), _checks_in(tables.REST)
COARSER = {MINUTE: HOUR, HOUR: DAY, DAY: DAY}
"""The width of the next coarser level, by width in seconds."""


def is_settled(db: Session, now: datetime) -> bool:
    """Return whether checks exist from about a day before *now*.

    If not, the clock may have leapt ahead, and all data would seem old.
    """
    made = select(ALL.c.id).where(
        ALL.c.website_id == WebsiteState.website_id,
        ALL.c.checked_at > now - SETTLED_BY - timedelta(days=2),
        ALL.c.checked_at < now - SETTLED_BY,
    )
    return db.scalar(select(WebsiteState.website_id).where(made.exists()).limit(1)) is not None


def delete_checks(db: Session, before: datetime, limit: int | None = None) -> int:
    """Delete at most *limit* checks that began before *before*.

    On SQLite, the checks that were stored first go first. That frees whole pages, which writes half as much as deleting
    website by website. Other old checks, such as an imported history, go by website, oldest first.

    On PostgreSQL, only checks outside of partitions are deleted here. Partitions are dropped as a whole
    (`core.services.months`, `core.services.hypertable`).

    Returns:
        The number of deleted checks; 0 means that none is left. A SQLite file does not shrink, but later rows reuse
        the space.
    """
    connection, moment, limit = db.connection(), as_utc(before), limit or BATCH
    if hypertable.is_used(connection):
        return 0
    checks = REST if months.are_used(connection) else ALL
    if connection.dialect.name == "sqlite" and (gone := _delete_first(db, moment, limit)):
        return gone
    old = select(checks.c.id).where(
        checks.c.website_id == WebsiteState.website_id,
        checks.c.checked_at < moment,
        checks.c.checked_at < WebsiteState.rolled_until,
    )
    concerned = select(WebsiteState.website_id, WebsiteState.rolled_until).where(old.exists())
    deleted = 0
    for website_id, rolled_until in db.execute(concerned.order_by(WebsiteState.website_id).limit(limit)).all():
        end = min(moment, rolled_until or moment)
        deleted += _delete_checks_of(db, checks, website_id, end, limit - deleted)
        if deleted >= limit:
            break
    return deleted


def _delete_first(db: Session, before: datetime, limit: int) -> int:
    """Delete the deletable ones among the *limit* checks that were stored first."""
    columns = (ALL.c.id, ALL.c.website_id, ALL.c.checked_at)
    first = select(*columns).order_by(ALL.c.id).limit(limit).subquery()
    old = select(first.c.id).join(WebsiteState, WebsiteState.website_id == first.c.website_id)
    ids = list(db.scalars(old.where(first.c.checked_at < before, first.c.checked_at < WebsiteState.rolled_until)))
    db.execute(delete(ALL).where(ALL.c.id.in_(ids)))
    return len(ids)


def _delete_checks_of(db: Session, checks: TableClause, website_id: int, before: datetime, limit: int) -> int:
    oldest = (
        select(checks.c.id)
        .where(checks.c.website_id == website_id, checks.c.checked_at < before)
        .order_by(checks.c.checked_at, checks.c.id)
        .limit(limit)
    )
    ids = list(db.scalars(oldest))
    db.execute(delete(checks).where(checks.c.id.in_(ids)))
    return len(ids)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The progress of a round that deletes rollups: level by level, and within a level website by website."""

    level: int = 0
    """The index in `core.services.rollups.LEVELS`, finest first."""
    website_id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The result of a batch."""

    rows: int
    """0 means that nothing is left."""
    place: Place
    """Where the next batch continues, so that a round reads no website twice."""


def delete_rollups(
    db: Session, before: Mapping[int, datetime], limit: int | None = None, place: Place = Place()
) -> Deleted:
    """Delete rollups older than *before*, given by width in seconds, starting at *place*.

    The default *limit* blocks nobody. If several dashboards share a PostgreSQL store, one deletes at a time, and the
    others find nothing to delete.
    """
    is_on_server = db.get_bind().dialect.name == "postgresql"
    if is_on_server and not db.scalar(select(func.pg_try_advisory_xact_lock(LOCK))):
        return Deleted(rows=0, place=place)
    rows, limit = 0, limit or (BATCH_ON_SERVER if is_on_server else BATCH)
    for level in range(place.level, len(LEVELS)):
        place = place if level == place.level else Place(level=level)
        if (moment := before.get(LEVELS[level][0])) is not None:
            gone = _delete_level(db, place, as_utc(moment), limit - rows)
            rows, place = rows + gone.rows, Place(level=level, website_id=max(gone.last_id, place.website_id))
        if rows >= limit:
            break
    return Deleted(rows=rows, place=place)


@dataclass(frozen=True, slots=True)
class _Gone:
    rows: int
    last_id: int
    """The last website with a deleted row; 0 if nothing was deleted."""


def _delete_level(db: Session, place: Place, before: datetime, limit: int) -> _Gone:
    width, model = LEVELS[place.level]
    coarser = COARSER[width]
    first = int(before.timestamp()) // coarser * coarser
    concerned = and_(WebsiteState.rolled_until >= utc_at(first), WebsiteState.website_id >= place.website_id)
    way = _delete_in_one if db.get_bind().dialect.name == "postgresql" else _delete_one_by_one
    return way(db, model, first // width, concerned, limit)


def _delete_in_one(db: Session, model: type[Rollup], first: int, concerned: ColumnElement[bool], limit: int) -> _Gone:
    """Delete in one statement, which finds the rows of each website by key."""
    oldest = select(model.bucket).where(model.website_id == WebsiteState.website_id, model.bucket < first)
    of_each = oldest.order_by(model.bucket).limit(limit).lateral()
    every = select(WebsiteState.website_id, of_each.c.bucket).join(of_each, true()).where(concerned)
    old = every.order_by(WebsiteState.website_id).limit(limit).subquery()
    found = (model.website_id == old.c.website_id, model.bucket == old.c.bucket)
    gone = delete(model).where(*found).returning(model.website_id).cte("gone")
    rows, last_id = db.execute(select(func.count(), func.max(gone.c.website_id)).select_from(gone)).one()
    return _Gone(rows, last_id or 0)


def _delete_one_by_one(
    db: Session, model: type[Rollup], first: int, concerned: ColumnElement[bool], limit: int
) -> _Gone:
    """Delete website by website, because SQLite has no single statement that uses the key."""
    old = select(model.bucket).where(model.website_id == WebsiteState.website_id, model.bucket < first)
    websites = select(WebsiteState.website_id).where(old.exists(), concerned)
    deleted = last_id = 0
    for website_id in db.scalars(websites.order_by(WebsiteState.website_id).limit(limit)).all():
        own = (model.website_id == website_id, model.bucket < first)
        oldest = select(model.bucket).where(*own).order_by(model.bucket)
        end = db.scalar(oldest.offset(limit - deleted).limit(1))  # the first bucket to keep, if the limit is reached
        gone = delete(model).where(*own) if end is None else delete(model).where(*own, model.bucket < end)
        deleted, last_id = deleted + cast("CursorResult[Any]", db.execute(gone)).rowcount, website_id
        if deleted >= limit:
            break
    return _Gone(deleted, last_id)
