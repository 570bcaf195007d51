"""All SQL about monitor checks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, Select, Table, and_, bindparam, func, select, text
from sqlalchemy.orm import Session

from core.clock import as_utc, utc_now
from core.models import MonitorCheck, MonitorStatus
from core.models.monitor_check import NOT_UP
from core.schemas.monitor_check import MonitorCheckCreate
from core.services import coverage
from core.services.bulk import insert_in_order, insert_rows, next_ids
from core.services.prepared import IDS, rows_of
from core.services.rows import page_of
from core.services.website_state import CLOCKS_DIFFER

AVAILABLE = (MonitorStatus.UP, MonitorStatus.DEGRADED)
KNOWN = (*AVAILABLE, MonitorStatus.DOWN)


Key = tuple[int, str | None, datetime]
"""A website, the region that checks it where it names some, and a moment."""


class StoredCheck(NamedTuple):
    """What is asked of a check once it is stored, without an object of the ORM, which costs more than storing it."""

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
    """What a list of many websites shows of a check."""

    website_id: int
    checked_at: datetime
    status: MonitorStatus
    response_time_ms: float | None
    http_status_code: int | None
    error_message: str | None


class MonitorCheckCRUD:
    """Create and read monitor checks; lists are newest first."""

    @staticmethod
    def create(db: Session, data: MonitorCheckCreate) -> MonitorCheck:
        """Store a check, and what it tells of the website's known time."""
        check = MonitorCheck(**data.model_dump())
        db.add(check)
        db.flush()
        coverage.fold(db, [check])
        return check

    @staticmethod
    def bulk_create(db: Session, checks: Sequence[MonitorCheckCreate]) -> list[MonitorCheck]:
        """`create` for many checks of any websites in few statements; returns them in the order given."""
        stored = insert_in_order(db, MonitorCheck, [check.model_dump() for check in checks])
        coverage.fold(db, stored)
        return stored

    @staticmethod
    def insert_many(db: Session, checks: Sequence[MonitorCheckCreate]) -> list[StoredCheck]:
        """Store checks alone, the cheapest way; the caller tells `coverage.fold` in the same transaction."""
        if not checks:
            return []
        now = utc_now()
        ids = next_ids(db, MonitorCheck, len(checks))
        # All its fields are plain, so that a dump would only take longer.
        rows = [{**vars(check), "id": one, "created_at": now} for one, check in zip(ids, checks, strict=True)]
        insert_rows(db, cast("Table", MonitorCheck.__table__), rows)
        return [StoredCheck(*_as_stored(row)) for row in rows]

    @staticmethod
    def stored_among(db: Session, keys: Sequence[Key]) -> set[Key]:
        """Those of these checks, named by website, region and beginning, that are stored."""
        return _among(db, "checked_at", keys)

    @staticmethod
    def slots_among(db: Session, slots: Sequence[Key]) -> set[Key]:
        """Those of these slots, each a website, a region and when it was due, for which a check is stored."""
        return _among(db, "due_at", slots)

    @staticmethod
    def get_by_id(db: Session, check_id: int) -> MonitorCheck | None:
        return db.get(MonitorCheck, check_id)

    @staticmethod
    def get_by_ids(db: Session, check_ids: Sequence[int]) -> list[MonitorCheck]:
        """Those of these checks that are there, oldest first."""
        query = select(MonitorCheck).where(MonitorCheck.id.in_(check_ids))
        return list(db.scalars(query.order_by(MonitorCheck.checked_at, MonitorCheck.id)))

    @staticmethod
    def get_briefs(db: Session, check_ids: Sequence[int]) -> list[BriefCheck]:
        """Those of these checks that are there, oldest first, as far as lists show them."""
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
        """A website's checks from *start_time* to *end_time*, both inclusive, and how many there are."""
        query = _newest_first().where(MonitorCheck.website_id == website_id)
        if start_time is not None:
            query = query.where(MonitorCheck.checked_at >= as_utc(start_time))
        if end_time is not None:
            query = query.where(MonitorCheck.checked_at <= as_utc(end_time))
        return page_of(db, _narrowed(query, status, region), skip=skip, limit=limit)

    @staticmethod
    def spread(db: Session, website_id: int, *, since: datetime, until: datetime, most: int) -> Sequence[MonitorCheck]:
        """A website's checks of a span, newest first; of more than *most*, the newest and evenly on from there."""
        within = _within(website_id, since, until)
        query = _newest_first().where(within)
        count = db.scalar(select(func.count()).select_from(MonitorCheck).where(within)) or 0
        if count > most:
            place = func.row_number().over(order_by=(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc()))
            placed = select(MonitorCheck.id, place.label("place")).where(within).subquery()
            query = query.where(
                MonitorCheck.id.in_(select(placed.c.id).where((placed.c.place - 1) % -(-count // most) == 0))
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
        """A website's last *limit* checks after *skip*, newest first, without counting the others."""
        query = _newest_first().where(MonitorCheck.website_id == website_id, has_begun(utc_now()))
        return list(db.scalars(_narrowed(query, status, region).offset(skip).limit(limit)))

    @staticmethod
    def get_between(
        db: Session, website_id: int, *, since: datetime, until: datetime, limit: int
    ) -> list[MonitorCheck]:
        """The newest *limit* of a website's checks from *since* to *until*, newest first, without a count."""
        return list(db.scalars(_newest_first().where(_within(website_id, since, until)).limit(limit)))

    @staticmethod
    def get_failing(
        db: Session, website_id: int, *, since: datetime, until: datetime, limit: int
    ) -> list[MonitorCheck]:
        """The first *limit* of a website's checks from *since* to *until* that found it down, oldest first."""
        failed = MonitorCheck.status == MonitorStatus.DOWN
        query = select(MonitorCheck).where(_within(website_id, since, until), failed)
        return list(db.scalars(query.order_by(MonitorCheck.checked_at, MonitorCheck.id).limit(limit)))

    @staticmethod
    def last_good(db: Session, website_id: int, before: datetime) -> MonitorCheck | None:
        """The website's last check before that moment that found it up."""
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
        """The newest checks of one website or, with None, of all; those of the last *hours* or with one verdict.

        Of all websites SQLite finds at once only those with another verdict than UP: it reads all checks for others.
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
        """The share of *checks* in the last *hours* that found the website available, 0 to 100.

        UP and DEGRADED count as available, DOWN as not, UNKNOWN not at all; None without a check that
        counts. What pages show is the share of *time*: `core.services.statistics.uptime`.
        """
        counted = func.count().filter(MonitorCheck.status.in_(KNOWN))
        available = func.count().filter(MonitorCheck.status.in_(AVAILABLE))
        since = utc_now() - timedelta(hours=hours)
        row = db.execute(
            select(counted, available).where(MonitorCheck.website_id == website_id, MonitorCheck.checked_at >= since)
        ).one()
        return 100.0 * row[1] / row[0] if row[0] else None


def has_begun(now: datetime) -> ColumnElement[bool]:
    """Whether a check can have begun by *now*; those dated by a clock that was ahead must hide none that came since."""
    return MonitorCheck.checked_at <= now + CLOCKS_DIFFER


def has_status(status: MonitorStatus) -> ColumnElement[bool]:
    """Whether a check has this verdict, in the words by which the index of failures is found."""
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
    """*query* for checks with this verdict, and of this region, where these are given."""
    if status is not None:
        query = query.where(MonitorCheck.status == status)
    if region is not None:
        query = query.where(MonitorCheck.region == region)
    return query
