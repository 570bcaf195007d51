"""How a website is as each region sees it, and how a check of that region changes it; all SQL about those rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.models import MonitorStatus, RegionState, Website
from core.services.bulk import upsert
from core.services.website_state import run_after

Key = tuple[int, str]
"""A website's id and a region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a check of a region found."""

    status: MonitorStatus
    checked_at: datetime
    response_time_ms: float | None = None
    http_status_code: int | None = None
    error_message: str | None = None
    error_kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What stands in `RegionState`, apart from the store; the columns tell what each means."""

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


NAMES = tuple(field.name for field in fields(Sight))


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """Who checks a website, and how many of them must find it down."""

    regions: Sequence[str]
    quorum: int | None


def after(sight: Sight | None, seen: Seen, *, retries: int, recoveries: int) -> Sight:
    """Fold a check, not older than the latest of its region, into what the region says of its website; pure.

    Args:
        retries: Further failed checks after the first one before the region says DOWN.
        recoveries: Good checks in a row before it says so no more.
    """
    run = run_after(sight, seen)
    was_down = sight is not None and sight.is_down
    if seen.status == MonitorStatus.DOWN:
        is_down = was_down or (run.run_checks or 0) > retries
    else:
        is_down = was_down and (seen.status == MonitorStatus.UNKNOWN or (run.run_checks or 0) < recoveries)
    return Sight(
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
    """Who votes on each of these websites; without those that name no region."""
    query = select(Website.id, Website.regions, Website.quorum).where(Website.id.in_(website_ids))
    return {row[0]: Ballot(regions=row[1], quorum=row[2]) for row in db.execute(query) if row[1]}


def read(db: Session, website_ids: Sequence[int]) -> dict[Key, Sight]:
    """What each region says of these websites, as far as it has looked; whoever writes holds their websites."""
    columns = [getattr(RegionState, name) for name in NAMES]
    query = select(RegionState.website_id, RegionState.region, *columns).where(RegionState.website_id.in_(website_ids))
    rows = db.execute(query.order_by(RegionState.website_id, RegionState.region))
    return {(row[0], row[1]): Sight(**dict(zip(NAMES, row[2:], strict=True))) for row in rows}


def write(db: Session, sights: Mapping[Key, Sight]) -> None:
    """Store *sights* in one statement."""
    if sights:
        rows = [
            {"website_id": website_id, "region": region, **{name: getattr(sight, name) for name in NAMES}}
            for (website_id, region), sight in sights.items()
        ]
        db.execute(upsert(db, RegionState, key=("website_id", "region")), rows)


def forget(db: Session, website_id: int, *, but: Sequence[str] | None) -> None:
    """Forget what regions say that check this website no more."""
    query = delete(RegionState).where(RegionState.website_id == website_id)
    db.execute(query.where(RegionState.region.not_in(but)) if but else query)
