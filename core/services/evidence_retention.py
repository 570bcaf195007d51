"""Deletes evidence that has served its time: sessions and looks that began by themselves and that nothing holds.

What a person started, imported or pinned is held, and so is what a downtime window has. Before each of these the last
good one of its website stays too, to compare it with.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select
from sqlalchemy.orm import Session, aliased

from core.clock import as_utc
from core.models import DebugSession, DebugSessionState, Look, SessionTrigger
from core.services.debug_session import AUTOMATIC

BATCH = 20  # that a transaction deletes: a session has hundreds of events, and pictures


def delete_sessions(db: Session, before: datetime) -> int:
    """Delete some finished sessions that began before *before*; returns how many, 0 once none is left."""
    later, held = aliased(DebugSession), aliased(DebugSession)
    between = select(held.id).where(
        held.website_id == DebugSession.website_id,
        held.started_at > DebugSession.started_at,
        held.started_at <= later.started_at,
        _is_held(held),
    )
    succeeded = select(later.id).where(
        later.website_id == DebugSession.website_id,
        later.started_at > DebugSession.started_at,
        later.url.is_not_distinct_from(DebugSession.url),
        _is_measure(later),
        ~between.correlate(DebugSession, later).exists(),
    )
    old = select(DebugSession.id).where(
        DebugSession.started_at < as_utc(before),
        DebugSession.state.not_in((DebugSessionState.QUEUED, DebugSessionState.RUNNING)),
        ~_is_held(DebugSession),
        or_(~_is_measure(DebugSession), succeeded.correlate(DebugSession).exists()),
    )
    ids = db.scalars(old.order_by(DebugSession.started_at, DebugSession.id).limit(BATCH)).all()
    db.execute(delete(DebugSession).where(DebugSession.id.in_(ids)))
    return len(ids)


def delete_looks(db: Session, before: datetime) -> int:
    """Delete some looks that began before *before*; returns how many, 0 once none is left."""
    later, held = aliased(Look), aliased(Look)
    between = select(held.id).where(
        held.website_id == Look.website_id,
        held.began_at > Look.began_at,
        held.began_at <= later.began_at,
        held.window_id.is_not(None),
    )
    succeeded = select(later.id).where(
        later.website_id == Look.website_id,
        later.began_at > Look.began_at,
        later.is_good,
        ~between.correlate(Look, later).exists(),
    )
    old = select(Look.id).where(
        Look.began_at < as_utc(before),
        Look.window_id.is_(None),
        or_(~Look.is_good, succeeded.correlate(Look).exists()),
    )
    ids = db.scalars(old.order_by(Look.began_at, Look.id).limit(BATCH)).all()
    db.execute(delete(Look).where(Look.id.in_(ids)))
    return len(ids)


def _is_held(session: Any) -> ColumnElement[bool]:
    by_hand = or_(session.trigger.is_(None), session.trigger.not_in(AUTOMATIC))
    return or_(by_hand, session.window_id.is_not(None), session.is_pinned.is_(True))


def _is_measure(session: Any) -> ColumnElement[bool]:
    """Whether it may be what a failure is compared with: see `SessionEvidence.baseline`."""
    return and_(session.success.is_(True), session.trigger.is_distinct_from(SessionTrigger.FAILURE))
