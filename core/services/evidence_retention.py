"""Deletes old evidence: automatic sessions and looks that nothing needs any more.

Sessions that a person started, imported or pinned stay, and so does the evidence of downtime windows. The last good
session of the website before each of these stays too, for comparison. A session without faults is preferred for that,
even if sessions with faults follow it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from core.clock import as_utc
from core.models import DebugSession, DebugSessionState, Look, SessionTrigger
from core.services.debug_session import AUTOMATIC, began_otherwise
from core.services.finding import has_fault

BATCH = 20  # sessions per transaction; each has hundreds of events, and pictures


def delete_sessions(db: Session, before: datetime) -> int:
    """Delete a batch of finished sessions that began before *before*; returns how many, 0 once none is left."""
    return _delete(db, DebugSession, *due(before), oldest_first=DebugSession.started_at)


def due(before: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions for sessions that began before *before* and may be deleted."""
    began = DebugSession.started_at
    later, held = aliased(DebugSession), aliased(DebugSession)
    between = select(held.id).where(held.started_at > began, held.started_at <= later.started_at, _is_held(held))
    successor = select(later.id).where(
        later.started_at > began,
        _is_measure(later),
        later.url.is_not_distinct_from(DebugSession.url),
        or_(~has_fault(later), has_fault(DebugSession)),
    )
    return (
        began < as_utc(before),
        DebugSession.state.not_in((DebugSessionState.QUEUED, DebugSessionState.RUNNING)),
        ~_is_held(DebugSession),
        or_(~_is_measure(DebugSession), _is_succeeded(DebugSession, successor, later, between, held)),
    )


def delete_looks(db: Session, before: datetime) -> int:
    """Delete a batch of looks that began before *before*; returns how many, 0 once none is left."""
    began = Look.began_at
    later, held = aliased(Look), aliased(Look)
    between = select(held.id).where(held.began_at > began, held.began_at <= later.began_at, held.window_id.is_not(None))
    successor = select(later.id).where(later.began_at > began, later.is_good)
    return _delete(
        db,
        Look,
        began < as_utc(before),
        Look.window_id.is_(None),
        or_(~Look.is_good, _is_succeeded(Look, successor, later, between, held)),
        oldest_first=began,
    )


def _is_succeeded(
    model: Any, successor: Select[int], later: Any, between: Select[int], held: Any
) -> ColumnElement[bool]:
    """Return the condition that a later *successor* exists and nothing kept *between* needs this one as baseline."""
    in_between = between.where(held.website_id == model.website_id).correlate(model, later).exists()
    return successor.where(later.website_id == model.website_id, ~in_between).correlate(model).exists()


def _delete(db: Session, model: Any, *conditions: ColumnElement[bool], oldest_first: Any) -> int:
    old = select(model.id).where(*conditions).order_by(oldest_first, model.id)
    ids = db.scalars(old.limit(BATCH)).all()
    db.execute(delete(model).where(model.id.in_(ids)))
    return len(ids)


def _is_held(session: Any) -> ColumnElement[bool]:
    return or_(began_otherwise(session, AUTOMATIC), session.window_id.is_not(None), session.is_pinned.is_(True))


def _is_measure(session: Any) -> ColumnElement[bool]:
    """Return the condition that the session can be a baseline, see `session_list.baseline`."""
    return and_(session.success.is_(True), began_otherwise(session, (SessionTrigger.FAILURE, SessionTrigger.IMPORT)))
