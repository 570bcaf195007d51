"""The state of a website in each region, and how a check changes it, with all SQL about those rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.models import MonitorStatus, RegionState, Website
from core.services.bulk import upsert
from core.services.runs import run_after

Key = tuple[int, str]
"""A website's id and a region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionCheck:
    """The result of a region's check."""

    status: MonitorStatus
    checked_at: datetime
    response_time_ms: float | None = None
    http_status_code: int | None = None
    error_message: str | None = None
    error_kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionView:
    """A row of `RegionState` as a plain object; see the model for the meaning of each column."""

    status: MonitorStatus
    is_down: bool
    checked_at: datetime
    response_time_ms: float | None = None
    http_status_code: int | None = None
    error_message: str | None = None
    error_kind: str | None = None
    failing_since: datetime | None = None
    available_since: datetime | None = None
    run_checks: int | None = None
    run_until: datetime | None = None


NAMES = tuple(field.name for field in fields(RegionView))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """The regions that check a website, and how many of them must report it down."""

    regions: Sequence[str]
    quorum: int | None


def after(view: RegionView | None, seen: RegionCheck, *, retries: int, recoveries: int) -> RegionView:
    """Apply a check, which must not be older than the region's latest one, to the region's view of a website. Pure.

    Args:
        retries: Failed checks that must follow the first one before the region votes DOWN.
        recoveries: Good checks in a row that end its DOWN vote.
    """
    run = run_after(view, seen)
    was_down = view is not None and view.is_down
    if seen.status == MonitorStatus.DOWN:
        is_down = was_down or (run.run_checks or 0) > retries
    else:
        is_down = was_down and (seen.status == MonitorStatus.UNKNOWN or (run.run_checks or 0) < recoveries)
    return RegionView(
        status=seen.status,
        is_down=is_down,
        checked_at=seen.checked_at,
        response_time_ms=seen.response_time_ms,
        http_status_code=seen.http_status_code,
        error_message=seen.error_message,
        error_kind=seen.error_kind,
        failing_since=run.failing_since,
        available_since=run.available_since,
        run_checks=run.run_checks,
        run_until=run.run_until,
    )


def ballots(db: Session, website_ids: Sequence[int]) -> dict[int, Ballot]:
    """Return the regions and quorum of each of these websites, without those that name no region."""
    query = select(Website.id, Website.regions, Website.quorum).where(Website.id.in_(website_ids))
    return {row[0]: Ballot(regions=row[1], quorum=row[2]) for row in db.execute(query) if row[1]}


def read(db: Session, website_ids: Sequence[int]) -> dict[Key, RegionView]:
    """Return the regions' views of these websites, as far as they have checked. Lock the websites before writing."""
    columns = [getattr(RegionState, name) for name in NAMES]
    query = select(RegionState.website_id, RegionState.region, *columns).where(RegionState.website_id.in_(website_ids))
    rows = db.execute(query.order_by(RegionState.website_id, RegionState.region))
    return {(row[0], row[1]): RegionView(**dict(zip(NAMES, row[2:], strict=True))) for row in rows}


def write(db: Session, views: Mapping[Key, RegionView]) -> None:
    """Store *views* in one statement."""
    if views:
        rows = [
            {"website_id": website_id, "region": region, **{name: getattr(view, name) for name in NAMES}}
            for (website_id, region), view in views.items()
        ]
        db.execute(upsert(db, RegionState, key=("website_id", "region")), rows)


def forget(db: Session, website_id: int, *, but: Sequence[str] | None) -> None:
    """Delete the views of all regions that no longer check this website; keep those in *but*."""
    query = delete(RegionState).where(RegionState.website_id == website_id)
    db.execute(query.where(RegionState.region.not_in(but)) if but else query)
