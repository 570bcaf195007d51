"""All SQL about monitor checks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, select, text
from sqlalchemy.orm import Session

from core.clock import CLOCK_TOLERANCE, as_utc, utc_now
from core.models import MonitorCheck, MonitorStatus
from core.models.monitor_check import NOT_UP
from core.schemas.monitor_check import MonitorCheckCreate
from core.services import coverage
from core.services.bulk import insert_in_order, insert_rows, next_ids
from core.services.prepared import IDS, rows_of
from core.services.rows import page_of

AVAILABLE = (MonitorStatus.UP, MonitorStatus.DEGRADED)
KNOWN = (*AVAILABLE, MonitorStatus.DOWN)

Key = tuple[int, str | None, datetime]
"""A website's id, the region (None if it names none), and a time."""


class StoredCheck(NamedTuple):
    """A stored check as a plain tuple. An ORM object would cost more than storing the check."""

    id: int
    website_id: int
    status: MonitorStatus
    checked_at: datetime
    response_time_ms: float | None
    http_status_code: int | None
    error_message: str | None
    region: str | None = None


_as_stored = itemgetter(*StoredCheck._fields)


class BriefCheck(NamedTuple):
    """The parts of a check that lists of websites show."""

    website_id: int
    checked_at: datetime
    status: MonitorStatus
    response_time_ms: float | None
    http_status_code: int | None
    error_message: str | None


class MonitorCheckCRUD:
    """Create and read monitor checks. Lists are newest first."""

    @staticmethod
    def create(db: Session, data: MonitorCheckCreate) -> MonitorCheck:
        """Store a check and update the website's coverage."""
        check = MonitorCheck(**data.model_dump())
        db.add(check)
        db.flush()
        coverage.fold(db, [check])
        return check

    @staticmethod
    def bulk_create(db: Session, checks: Sequence[MonitorCheckCreate]) -> list[MonitorCheck]:
        """Create many checks in few statements; returns them in the given order."""
        stored = insert_in_order(db, MonitorCheck, [check.model_dump() for check in checks])
        coverage.fold(db, stored)
        return stored

    @staticmethod
    def insert_many(db: Session, checks: Sequence[MonitorCheckCreate]) -> list[StoredCheck]:
        """Insert checks in the cheapest way. The caller must call `coverage.fold` in the same transaction."""
        if not checks:
            return []
        now = utc_now()
        ids = next_ids(db, MonitorCheck, len(checks))
        # All fields are plain values, so `model_dump` would only be slower.
        rows = [{**vars(check), "id": check_id, "created_at": now} for check_id, check in zip(ids, checks, strict=True)]
        insert_rows(db, cast("Table", MonitorCheck.__table__), rows)
        return [StoredCheck(*_as_stored(row)) for row in rows]

    @staticmethod
    def stored_among(db: Session, keys: Sequence[Key]) -> set[Key]:
        """Return those of these checks, by website, region and start, that are stored."""
        return _among(db, "checked_at", keys)

    @staticmethod
    def slots_among(db: Session, slots: Sequence[Key]) -> set[Key]:
        """Return those of these slots, by website, region and due time, that have a stored check."""
        return _among(db, "due_at", slots)

    @staticmethod
    def get_by_id(db: Session, check_id: int) -> MonitorCheck | None:
        return db.get(MonitorCheck, check_id)

    @staticmethod
    def get_by_ids(db: Session, check_ids: Sequence[int]) -> list[MonitorCheck]:
        """Return those of these checks that exist, oldest first."""
        query = select(MonitorCheck).where(MonitorCheck.id.in_(check_ids))
        return list(db.scalars(query.order_by(MonitorCheck.checked_at, MonitorCheck.id)))

    @staticmethod
    def get_briefs(db: Session, check_ids: Sequence[int]) -> list[BriefCheck]:
        """Return those of these checks that exist, oldest first, as brief rows."""
        columns = [getattr(MonitorCheck, name) for name in BriefCheck._fields]
        query = select(*columns).where(MonitorCheck.id.in_(check_ids))
        return [BriefCheck(*row) for row in db.execute(query.order_by(MonitorCheck.checked_at, MonitorCheck.id))]

    @staticmethod
    def get_by_website(  # noqa: PLR0917 - the contract names the order
        db: Session,
        website_id: int,
        start_time: datetime | None = None,
        end_time: datetime | None = None,
        skip: int = 0,
        limit: int = 50,
        status: MonitorStatus | None = None,
        *,
        region: str | None = None,
    ) -> tuple[list[MonitorCheck], int]:
        """Return a page of a website's checks from *start_time* to *end_time*, both inclusive, and the total."""
        query = _newest_first().where(MonitorCheck.website_id == website_id)
        if start_time is not None:
            query = query.where(MonitorCheck.checked_at >= as_utc(start_time))
        if end_time is not None:
            query = query.where(MonitorCheck.checked_at <= as_utc(end_time))
        return page_of(db, _narrowed(query, status, region), skip=skip, limit=limit)

    @staticmethod
    def spread(db: Session, website_id: int, *, since: datetime, until: datetime, limit: int) -> Sequence[MonitorCheck]:
        """Return a website's checks of a span, newest first; an even selection if there are more than *limit*."""
        within = _within(website_id, since, until)
        query = _newest_first().where(within)
        count = db.scalar(select(func.count()).select_from(MonitorCheck).where(within)) or 0
        if count > limit:
            place = func.row_number().over(order_by=(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc()))
            placed = select(MonitorCheck.id, place.label("place")).where(within).subquery()
            query = query.where(
                MonitorCheck.id.in_(select(placed.c.id).where((placed.c.place - 1) % -(-count // limit) == 0))
            )
        return db.scalars(query).all()

    @staticmethod
    def get_latest_by_website(db: Session, website_id: int) -> MonitorCheck | None:
        query = _newest_first().where(MonitorCheck.website_id == website_id, has_begun(utc_now()))
        return db.scalar(query.limit(1))

    @staticmethod
    def get_newest(
        db: Session,
        website_id: int,
        limit: int,
        skip: int = 0,
        status: MonitorStatus | None = None,
        *,
        region: str | None = None,
    ) -> list[MonitorCheck]:
        """Return a website's newest *limit* checks after *skip*, without counting the rest."""
        query = _newest_first().where(MonitorCheck.website_id == website_id, has_begun(utc_now()))
        return list(db.scalars(_narrowed(query, status, region).offset(skip).limit(limit)))

    @staticmethod
    def get_between(
        db: Session, website_id: int, *, since: datetime, until: datetime, limit: int
    ) -> list[MonitorCheck]:
        """Return the newest *limit* checks of a website from *since* to *until*, without a count."""
        return list(db.scalars(_newest_first().where(_within(website_id, since, until)).limit(limit)))

    @staticmethod
    def get_failing(
        db: Session, website_id: int, *, since: datetime, until: datetime, limit: int
    ) -> list[MonitorCheck]:
        """Return the first *limit* DOWN checks of a website from *since* to *until*, oldest first."""
        failed = MonitorCheck.status == MonitorStatus.DOWN
        query = select(MonitorCheck).where(_within(website_id, since, until), failed)
        return list(db.scalars(query.order_by(MonitorCheck.checked_at, MonitorCheck.id).limit(limit)))

    @staticmethod
    def last_good(db: Session, website_id: int, before: datetime) -> MonitorCheck | None:
        """Return the website's last UP check before *before*."""
        query = _newest_first().where(MonitorCheck.website_id == website_id, MonitorCheck.status == MonitorStatus.UP)
        return db.scalar(query.where(MonitorCheck.checked_at < as_utc(before)).limit(1))

    @staticmethod
    def get_recent_checks(
        db: Session,
        website_id: int | None = None,
        hours: float | None = None,
        limit: int = 50,
        status: MonitorStatus | None = None,
    ) -> list[MonitorCheck]:
        """Return the newest checks of one website, or of all if None, filtered by *hours* or *status*.

        For all websites on SQLite, only statuses other than UP use an index; UP reads every check.
        """
        query = _newest_first()
        if website_id is not None:
            query = query.where(MonitorCheck.website_id == website_id)
        if hours is not None:
            query = query.where(MonitorCheck.checked_at >= utc_now() - timedelta(hours=hours))
        if status is not None:
            query = query.where(has_status(status))
        return list(db.scalars(query.limit(limit)))

    @staticmethod
    def calculate_uptime_percentage(db: Session, website_id: int, hours: float = 24) -> float | None:
        """Return the share of *checks* in the last *hours* that found the website available, 0 to 100.

        UP and DEGRADED count as available, DOWN does not, and UNKNOWN is ignored. None without any counted check.
        Pages show the share of *time* instead: `core.services.statistics.uptime`.
        """
        counted = func.count().filter(MonitorCheck.status.in_(KNOWN))
        available = func.count().filter(MonitorCheck.status.in_(AVAILABLE))
        since = utc_now() - timedelta(hours=hours)
        row = db.execute(
            select(counted, available).where(MonitorCheck.website_id == website_id, MonitorCheck.checked_at >= since)
        ).one()
        return 100.0 * row[1] / row[0] if row[0] else None


def has_begun(now: datetime) -> ColumnElement[bool]:
    """Return the condition that a check began by *now*. A check dated by a fast clock must not hide newer ones."""
    return MonitorCheck.checked_at <= now + CLOCK_TOLERANCE


def has_status(status: MonitorStatus) -> ColumnElement[bool]:
    """Return the condition that a check has *status*, worded so that the index of failures is used."""
    is_it = MonitorCheck.status == status
    return is_it if status == MonitorStatus.UP else and_(is_it, text(f"{MonitorCheck.__tablename__}.{NOT_UP}"))


def _among(db: Session, name: str, keys: Sequence[Key]) -> set[Key]:
    if not keys:
        return set()
    moments = [key[2] for key in keys]
    ids = list({key[0] for key in keys})
    found = rows_of(db, _query_among(name), ids=ids, first=min(moments), last=max(moments))
    return {(website_id, region, at) for website_id, region, at in found} & set(keys)


@cache
def _query_among(name: str) -> Any:
    table = MonitorCheck.__table__
    within = table.c[name].between(bindparam("first"), bindparam("last"))
    return select(table.c.website_id, table.c.region, table.c[name]).where(table.c.website_id.in_(IDS), within)


def _newest_first() -> Select[MonitorCheck]:
    return select(MonitorCheck).order_by(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc())


def _within(website_id: int, since: datetime, until: datetime) -> ColumnElement[bool]:
    begun = MonitorCheck.checked_at.between(as_utc(since), as_utc(until))
    return and_(MonitorCheck.website_id == website_id, begun)


def _narrowed(query: Select[MonitorCheck], status: MonitorStatus | None, region: str | None) -> Select[MonitorCheck]:
    """Return *query* filtered by status and region, if given."""
    if status is not None:
        query = query.where(MonitorCheck.status == status)
    if region is not None:
        query = query.where(MonitorCheck.region == region)
    return query
