"""Lists downtime windows of all websites, with filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from core.models import DowntimeWindow, MonitorStatus, Tag, Website, WebsiteTag
from core.services.downtime_window import has_come

Columns = TypeVarTuple("Columns")


class Outline(NamedTuple):
    """The columns of a window that a long list or a timeline needs. Reading them costs a third of the whole window."""

    id: int
    website_id: int
    started_at: datetime
    ended_at: datetime | None
    initial_status: MonitorStatus
    root_cause: str | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowFilter:
    """The filters of a list of windows; None means no filter."""

    since: datetime | None = None
    """Only windows that touch the time from this on."""
    until: datetime | None = None
    """Only windows that touch the time up to this."""
    website_id: int | None = None
    tag: str | None = None
    is_open: bool | None = None
    at_least: timedelta | None = None
    """The shortest duration of a window, so far if it is open."""

    def conditions(self, now: datetime) -> list[ColumnElement[bool]]:
        """Return the filters as SQL conditions."""
        window, wanted = DowntimeWindow, [has_come(now)]
        if self.since is not None:
            wanted.append(or_(window.ended_at.is_(None), window.ended_at >= self.since))
        if self.until is not None:
            wanted.append(window.started_at <= self.until)
        if self.website_id is not None:
            wanted.append(window.website_id == self.website_id)
        if self.tag is not None:
            bearing = select(WebsiteTag.website_id).join(Tag).where(Tag.name == self.tag.strip().lower())
            wanted.append(window.website_id.in_(bearing))
        if self.is_open is not None:
            wanted.append(window.ended_at.is_(None) if self.is_open else window.ended_at.is_not(None))
        if self.at_least is not None:
            so_far = and_(window.ended_at.is_(None), window.started_at <= now - self.at_least)
            wanted.append(or_(so_far, window.duration_seconds >= self.at_least.total_seconds()))
        return wanted


def windows(
    db: Session, wanted: WindowFilter, *, now: datetime, skip: int = 0, limit: int = 50
) -> tuple[list[tuple[DowntimeWindow, str]], int]:
    """Return a page of windows, newest first, each with its website's name, and the total."""
    query = select(DowntimeWindow, Website.name).join(Website, Website.id == DowntimeWindow.website_id)
    found, total = _page(db, query, wanted, now=now, skip=skip, limit=limit)
    return [(window, name) for window, name in found], total


def outlines(
    db: Session, wanted: WindowFilter, *, now: datetime, skip: int = 0, limit: int = 50
) -> tuple[list[Outline], int]:
    """Return the outlines of a page of windows, newest first, and the total."""
    query = select(*(getattr(DowntimeWindow, name) for name in Outline._fields))
    found, total = _page(db, query, wanted, now=now, skip=skip, limit=limit)
    return [Outline(*row) for row in found], total


def _page(
    db: Session, query: Select[*Columns], wanted: WindowFilter, *, now: datetime, skip: int, limit: int
) -> tuple[Sequence[Row[*Columns]], int]:
    conditions = wanted.conditions(now)
    in_order = query.where(*conditions).order_by(DowntimeWindow.started_at.desc(), DowntimeWindow.id.desc())
    total = db.scalar(select(func.count()).select_from(DowntimeWindow).where(*conditions))
    return db.execute(in_order.offset(skip).limit(limit)).all(), total or 0


def newest_of_each(
    db: Session, website_ids: Sequence[int], *, since: datetime, now: datetime, limit: int
) -> list[DowntimeWindow]:
    """Return the newest *limit* windows of each of these websites that touch the time since *since*; one query."""
    order = DowntimeWindow.started_at.desc(), DowntimeWindow.id.desc()
    rank = func.row_number().over(partition_by=DowntimeWindow.website_id, order_by=order).label("rank")
    numbered = select(DowntimeWindow.id, rank).where(
        DowntimeWindow.website_id.in_(website_ids), *WindowFilter(since=since).conditions(now)
    )
    ranked = numbered.subquery()
    query = select(DowntimeWindow).join(ranked, ranked.c.id == DowntimeWindow.id).where(ranked.c.rank <= limit)
    return list(db.scalars(query.order_by(*order)))


def counts(db: Session, wanted: WindowFilter, *, now: datetime) -> dict[int, int]:
    """Return the number of matching windows of each website that has any."""
    website_id = DowntimeWindow.website_id
    found = db.execute(select(website_id, func.count()).where(*wanted.conditions(now)).group_by(website_id))
    return {row[0]: row[1] for row in found}
