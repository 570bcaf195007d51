"""Calculates when websites were degraded, from single checks, and for long spans from hourly rollups."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.clock import utc_at
from core.models import MonitorCheck, MonitorStatus, RollupHour, Website, WebsiteState
from core.services.coverage import VALID_INTERVALS
from core.services.levels import HOUR, bucket_start
from core.services.spans import Span, union

Shares = dict[float, list[Span]]
"""Spans in the form that `core.services.spans.union` returns, by the share of available time that was degraded."""


def degraded(
    db: Session, website_ids: Sequence[int], *, since: datetime, until: datetime, by_hour: bool
) -> dict[int, Shares]:
    """Return when each website was degraded; at most four queries.

    Args:
        by_hour: Read hourly rollups where they exist. The cost then does not depend on the span, and deleted checks
            still count, but each hour has only its share of degraded checks.
    """
    found: dict[int, Shares] = {website_id: {} for website_id in website_ids}
    begins = dict.fromkeys(website_ids, since)
    begins |= {key: max(since, until_then) for key, until_then in _added_up(db, website_ids).items()}
    if by_hour:
        found |= _of_hours(db, begins, since, until)
    else:
        begins |= _first_hours(db, website_ids, since, until)
    for website_id, spans in _of_checks(db, begins, until).items():
        found[website_id][1.0] = union([*found[website_id].get(1.0, []), *spans])
    return found


def _added_up(db: Session, website_ids: Sequence[int]) -> dict[int, datetime]:
    """Return until when each website has hourly rollups."""
    query = select(WebsiteState.website_id, WebsiteState.rolled_until).where(
        WebsiteState.website_id.in_(website_ids), WebsiteState.rolled_until.is_not(None)
    )
    return {website_id: bucket_start(until, HOUR) for website_id, until in db.execute(query) if until is not None}


def _of_hours(db: Session, begins: Mapping[int, datetime], since: datetime, until: datetime) -> dict[int, Shares]:
    query = select(RollupHour.website_id, RollupHour.bucket, RollupHour.degraded, RollupHour.up).where(
        RollupHour.website_id.in_(begins),
        RollupHour.bucket >= int(since.timestamp()) // HOUR,
        RollupHour.bucket * HOUR < until.timestamp(),
        RollupHour.degraded > 0,
    )
    spans: dict[int, dict[float, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for website_id, bucket, slow, fine in db.execute(query):
        spans[website_id][slow / (slow + fine)].append((bucket * HOUR, (bucket + 1) * HOUR))
    return {website_id: {share: union(some) for share, some in shares.items()} for website_id, shares in spans.items()}


def _first_hours(db: Session, website_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, datetime]:
    """Return the first hour whose degraded checks may cover part of the span. Earlier checks need not be read."""
    furthest_back = since.timestamp() - VALID_INTERVALS * Website.check_interval
    query = (
        select(RollupHour.website_id, func.min(RollupHour.bucket))
        .join(Website, Website.id == RollupHour.website_id)
        .where(
            Website.id.in_(website_ids),
            RollupHour.bucket > furthest_back / HOUR - 1,
            RollupHour.bucket * HOUR < until.timestamp(),
            RollupHour.degraded > 0,
        )
        .group_by(RollupHour.website_id)
    )
    return {website_id: max(since, utc_at(bucket * HOUR)) for website_id, bucket in db.execute(query)}


def _of_checks(db: Session, begins: Mapping[int, datetime], until: datetime) -> dict[int, list[Span]]:
    """Return the span of each degraded check: to the next check, limited by its validity."""
    query = select(Website.id, Website.check_interval).where(Website.id.in_(begins))
    validity = {website_id: VALID_INTERVALS * interval for website_id, interval in db.execute(query)}
    alike: dict[datetime, list[int]] = defaultdict(list)
    for website_id, begin in begins.items():
        alike[begin].append(website_id)
    furthest = timedelta(seconds=max(validity.values(), default=0))
    following = func.lead(MonitorCheck.checked_at, type_=MonitorCheck.checked_at.type).over(
        partition_by=MonitorCheck.website_id, order_by=(MonitorCheck.checked_at, MonitorCheck.id)
    )
    recent = or_(
        *(
            and_(MonitorCheck.website_id.in_(some), MonitorCheck.checked_at >= begin - furthest)
            for begin, some in alike.items()
        )
    )
    spoken = (
        select(MonitorCheck.website_id, MonitorCheck.status, MonitorCheck.checked_at, following.label("following"))
        .where(recent, MonitorCheck.checked_at < until)
        .subquery()
    )
    slow = select(spoken.c.website_id, spoken.c.checked_at, spoken.c.following).where(
        spoken.c.status == MonitorStatus.DEGRADED
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for website_id, checked_at, next_at in db.execute(slow):
        start, speaks_until = checked_at.timestamp(), checked_at.timestamp() + validity[website_id]
        begin = max(start, begins[website_id].timestamp())
        found[website_id].append((begin, min(speaks_until, next_at.timestamp()) if next_at else speaks_until))
    return found
