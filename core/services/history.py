"""Imports checks, downtime windows and known time that another program recorded, without duplicates."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from core.models import CoverageSpan, DowntimeWindow, HTTPMethod, MonitorCheck, MonitorStatus, WebsiteState
from core.services.coverage_rebuild import rebuild_coverage
from core.services.coverage_spans import insert_spans
from core.services.monitor_check import AVAILABLE
from core.services.spans import union


def instants(db: Session, website_id: int) -> set[datetime]:
    """Return when each stored check of a website began."""
    return set(db.scalars(select(MonitorCheck.checked_at).where(MonitorCheck.website_id == website_id)))


def add_checks(db: Session, website_id: int, rows: Sequence[dict[str, Any]]) -> None:
    """Store imported checks, given by status, time, status code, response time and error."""
    if rows:
        usual = {"website_id": website_id, "http_method": HTTPMethod.GET}
        db.execute(insert(MonitorCheck), [usual | row for row in rows])


def add_windows(db: Session, website_id: int, rows: Iterable[dict[str, Any]]) -> int:
    """Store downtime windows, except those that touch an existing one; returns how many were stored."""
    query = select(DowntimeWindow.started_at, DowntimeWindow.ended_at).where(DowntimeWindow.website_id == website_id)
    there = [(first, last) for first, last in db.execute(query)]
    latest = _latest(db, website_id)
    added = 0
    for row in rows:
        first, last = row["started_at"], row["ended_at"]
        if any((end is None or first <= end) and (last is None or start <= last) for start, end in there):
            continue
        window = DowntimeWindow(website_id=website_id, initial_status=MonitorStatus.DOWN, **row)
        if last is not None:
            window.duration_seconds = (last - first).total_seconds()
            window.recovery_status = MonitorStatus.UP
        elif latest is not None and latest.checked_at > first and latest.status in AVAILABLE:
            continue  # its end was not recorded
        db.add(window)
        added += 1
    db.flush()
    return added


def add_known_time(db: Session, website_id: int, known: Sequence[tuple[datetime, datetime]]) -> None:
    """Recalculate known time from the checks, and add the spans *known* whose checks do not exist."""
    rebuild_coverage(db, [website_id])
    if not known:
        return
    state = db.get(WebsiteState, website_id)
    own = select(CoverageSpan.started_at, CoverageSpan.ended_at).where(CoverageSpan.website_id == website_id)
    spans = [(first.timestamp(), last.timestamp()) for first, last in [*db.execute(own), *known]]
    reach = state.known_since.timestamp() if state and state.known_since else float("inf")
    cut = [(first, min(last, reach)) for first, last in union(spans) if first < reach]
    db.execute(delete(CoverageSpan).where(CoverageSpan.website_id == website_id))
    insert_spans(db, [(website_id, span) for span in cut])


def _latest(db: Session, website_id: int) -> MonitorCheck | None:
    query = select(MonitorCheck).where(MonitorCheck.website_id == website_id)
    return db.scalar(query.order_by(MonitorCheck.checked_at.desc(), MonitorCheck.id.desc()).limit(1))
