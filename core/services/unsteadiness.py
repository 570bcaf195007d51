"""Detects websites that fail intermittently, but not often enough in a row to be down."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CTE, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from core.clock import utc_at
from core.models import DowntimeWindow, FlappingSpan, MonitorCheck, MonitorStatus, UtcDateTime, Website, WebsiteState
from core.phrases import counted
from core.services.epoch import epoch
from core.services.maintenance_window import maintenance
from core.services.monitor_check import AVAILABLE, has_status

LAST_CHECKS = 60  # examined checks, as in the heartbeat bar of a website's page
MAX_AGE = timedelta(days=1)  # older checks say nothing about the current state
MIN_FAILED = 3  # failed checks; one or two happen in any network
USUAL_PERCENT = 5  # of 60 checks these are `MIN_FAILED`


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsteadiness:
    """The recent checks of a website, at most `LAST_CHECKS`, since its last maintenance."""

    checks: int
    """The number of checks since the website was last down."""
    passing: int
    """How many of them failed without making the website down."""
    last_failed_id: int | None
    """The id of the newest of these failures."""
    is_answering: bool
    """Whether the newest check succeeded. Otherwise the website may still turn out to be down."""
    is_down: bool
    """Whether the website is down or flaps, which other events announce."""
    all_checks: int
    """The number of checks, including those before it was last down."""
    all_failed: int

    @property
    def share(self) -> str:
        """Such as ``3 of the last 60 checks``."""
        return f"{self.passing} of the last {counted(self.checks, 'check')}"

    def begins(self, percent: int) -> bool:
        """Return whether at least *percent* of the checks failed without making the website down."""
        enough = self.passing >= max(MIN_FAILED, percent * self.checks / 100)
        return enough and self.is_answering and not self.is_down

    def lasts(self, percent: int) -> bool:
        """Return whether an unsteady state continues: at least half of *percent* fail, whether down or not."""
        return 0 < self.all_failed >= percent * self.all_checks / 200


def unsteadiness(db: Session, now: datetime, website_ids: Collection[int] | None = None) -> dict[int, Unsteadiness]:
    """Return the unsteadiness of active websites (or *website_ids*) with a recent failed check, except in maintenance.

    Runs three queries, and one more for each time at which maintenance of these websites ended.
    """
    found = _counted(db, now, now - MAX_AGE, website_ids)
    ends: dict[datetime, list[int]] = defaultdict(list)
    until = now + timedelta(microseconds=1)
    for website_id, spans in maintenance(db, list(found), since=now - MAX_AGE, until=until).items():
        del found[website_id]
        ends[utc_at(spans[-1][1])].append(website_id)
    for end, rested in ends.items():
        if end <= now:
            found |= _counted(db, now, end, rested)
    return found


def passing_since(
    db: Session, website_ids: Collection[int], since: datetime, until: datetime
) -> dict[int, tuple[timedelta, list[datetime]]]:
    """Return each website's check interval, and its failures outside of downtime windows, oldest first."""
    covered = exists().where(
        DowntimeWindow.website_id == MonitorCheck.website_id,
        DowntimeWindow.started_at <= MonitorCheck.checked_at,
        or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at >= MonitorCheck.checked_at),
    )
    query = (
        select(MonitorCheck.website_id, Website.check_interval, MonitorCheck.checked_at)
        .join(Website, Website.id == MonitorCheck.website_id)
        .where(has_status(MonitorStatus.DOWN), MonitorCheck.checked_at >= since, MonitorCheck.checked_at < until)
        .where(~covered)
        .order_by(MonitorCheck.website_id, MonitorCheck.checked_at)
    )
    found: dict[int, tuple[timedelta, list[datetime]]] = {}
    for website_id, seconds, checked_at in db.execute(query):
        if website_id in website_ids:
            found.setdefault(website_id, (timedelta(seconds=seconds), []))[1].append(checked_at)
    return found


def _counted(
    db: Session, now: datetime, since: datetime, website_ids: Collection[int] | None
) -> dict[int, Unsteadiness]:
    """Return the unsteadiness by the recent checks that began at or after *since*."""
    failing = _failing(now, since, website_ids)
    has_failed = MonitorCheck.status == MonitorStatus.DOWN
    is_lately = or_(failing.c.ended_at.is_(None), MonitorCheck.checked_at > failing.c.ended_at)
    is_passing = has_failed & is_lately
    query = (
        select(
            failing.c.website_id,
            func.sum(case((is_lately, 1), else_=0)),
            func.sum(case((is_passing, 1), else_=0)),
            func.max(case((is_passing, MonitorCheck.id))),
            func.max(MonitorCheck.checked_at),
            func.max(case((MonitorCheck.status.in_(AVAILABLE), MonitorCheck.checked_at))),
            failing.c.is_down,
            func.count(),
            func.sum(case((has_failed, 1), else_=0)),
        )
        .join(MonitorCheck, MonitorCheck.website_id == failing.c.website_id)
        .where(MonitorCheck.checked_at >= failing.c.since, MonitorCheck.checked_at <= now)
        .group_by(failing.c.website_id, failing.c.is_down)
    )
    return {
        website_id: Unsteadiness(
            checks=checks,
            passing=passing,
            last_failed_id=last_failed_id,
            is_answering=newest_at == answered_at,
            is_down=bool(is_down),
            all_checks=all_checks,
            all_failed=all_failed,
        )
        for (
            website_id, checks, passing, last_failed_id, newest_at, answered_at, is_down, all_checks, all_failed
        ) in db.execute(query)
    }  # fmt: skip


def _failing(now: datetime, since: datetime, website_ids: Collection[int] | None) -> CTE:
    """Return the websites with a recent failed check, with the bounds of the checks to examine.

    Websites that have answered for longer are excluded by their state. For the others, only their own checks are read,
    because a website that is down for a day at an interval of 5 s has more failed checks than all others have checks.
    """
    check = aliased(MonitorCheck)
    last_failed = (
        select(check.id)
        .where(check.website_id == Website.id, check.checked_at >= since, check.checked_at <= now)
        .where(check.status == MonitorStatus.DOWN)
        .order_by(check.checked_at.desc())
        .limit(1)
        .scalar_subquery()
    )
    failed = select(Website.id.label("website_id")).where(Website.is_active, last_failed.is_not(None))
    if website_ids is not None:
        failed = failed.where(Website.id.in_(website_ids))
    else:
        reach = now.timestamp() - 2 * LAST_CHECKS * Website.check_interval  # earlier than the examined checks
        answers = exists().where(WebsiteState.website_id == Website.id, epoch(WebsiteState.available_since) < reach)
        failed = failed.where(~answers)
    own = failed.cte("failed")
    first = (
        select(check.checked_at)
        .where(check.website_id == own.c.website_id, check.checked_at >= since, check.checked_at <= now)
        .order_by(check.checked_at.desc())
        .offset(LAST_CHECKS - 1)
        .limit(1)
        .scalar_subquery()
    )
    ended_at = (
        select(func.max(DowntimeWindow.ended_at)).where(DowntimeWindow.website_id == own.c.website_id).scalar_subquery()
    )
    is_down = or_(
        exists().where(DowntimeWindow.website_id == own.c.website_id, DowntimeWindow.ended_at.is_(None)),
        exists().where(FlappingSpan.website_id == own.c.website_id, FlappingSpan.ended_at.is_(None)),
    )
    bounds = select(
        own.c.website_id,
        func.coalesce(first, literal(since, UtcDateTime())).label("since"),
        ended_at.label("ended_at"),
        is_down.label("is_down"),
    )
    # Without MATERIALIZED, SQLite would evaluate the bounds for every check.
    return bounds.cte("failing").prefix_with("MATERIALIZED")
