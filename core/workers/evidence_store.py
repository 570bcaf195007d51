"""The transactions of the evidence worker."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import perf_counter

from sqlalchemy.orm import Session

from core.clock import utc_now
from core.diagnosis.limits import SPAN, Limits, PlannedSession, Started, refusal
from core.diagnosis.look import LookTarget, as_steps
from core.diagnosis.look_facts import LookFact
from core.diagnosis.store_findings import diagnose_session, diagnose_window
from core.diagnosis.words import address_of
from core.models import DowntimeWindow, MonitorStatus, NotificationEvent, SessionTrigger, Website
from core.notifications import faults
from core.notifications.outbox import Change, announce
from core.schemas.check_options import stored_options
from core.schemas.look import LookCreate
from core.services import (
    DebugSessionCRUD,
    DowntimeWindowCRUD,
    LookCRUD,
    MonitorCheckCRUD,
    WebsiteCRUD,
    maintenance_window,
    statistics,
)
from core.services.monitor_check import AVAILABLE

LOOK_PAUSE = timedelta(seconds=30)  # between two looks at a flapping website
BEFORE = timedelta(seconds=30)  # a look or session may begin this long before the window that it belongs to
RECENT = timedelta(minutes=5)  # a window that ended longer ago gets no recovery session


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePlan:
    """The evidence to collect for a website now."""

    website_id: int
    check_id: int | None
    window_id: int | None
    trigger: SessionTrigger
    target: LookTarget | None
    """The target of a look; None if a look was made recently."""
    refusal: str | None
    """Why no session starts, in a sentence; None if one starts."""


def plan(
    db: Session,
    website_id: int,
    trigger: SessionTrigger,
    limits: Limits,
    *,
    check_id: int | None = None,
    window_id: int | None = None,
) -> EvidencePlan | None:
    """Return the evidence to collect for a website; None if it is in maintenance, paused or deleted.

    Without *window_id*, evidence of a failure belongs to the open window.
    """
    now = utc_now()
    website = WebsiteCRUD.get_by_id(db, website_id)
    if website is None or not website.is_active or maintenance_window.in_maintenance(db, [website_id], now):
        return None
    wish = PlannedSession(website_id=website_id, trigger=trigger, is_wanted=website.auto_debug is not False)
    if window_id is None and trigger is SessionTrigger.FAILURE:
        window = DowntimeWindowCRUD.get_ongoing_downtime(db, website_id)
        window_id = window.id if window else None
    last = LookCRUD.last_began(db, website_id)
    is_looked_at = last is not None and now - last < LOOK_PAUSE and trigger is SessionTrigger.FAILURE
    return EvidencePlan(
        website_id=website_id,
        check_id=check_id,
        window_id=window_id,
        trigger=trigger,
        target=None if is_looked_at else _target(db, website, now),
        refusal=refusal(wish, _started(db, now), limits, now),
    )


def _target(db: Session, website: Website, now: datetime) -> LookTarget:
    good = MonitorCheckCRUD.last_good(db, website.id, now)
    is_direct = good is not None and good.final_url is None
    return LookTarget(
        url=website.url,
        options=stored_options(website.check_options),
        timeout_seconds=float(website.timeout),
        good_address=address_of(good.remote_address) if good is not None and is_direct else None,
    )


def _started(db: Session, now: datetime) -> list[Started]:
    return [
        Started(website_id=website_id, trigger=trigger, at=at)
        for website_id, trigger, at in DebugSessionCRUD.get_automatic(db, now - SPAN)
    ]


def keep_look(db: Session, wanted: EvidencePlan, look: LookFact, began: float) -> None:
    """Store a look that began at *began* (`perf_counter`) and ends now."""
    if WebsiteCRUD.get_by_id(db, wanted.website_id) is None:
        return
    LookCRUD.create(
        db,
        LookCreate(
            website_id=wanted.website_id,
            window_id=wanted.window_id,
            check_id=wanted.check_id,
            is_good=look.is_good,
            began_at=look.began_at,
            duration_ms=round((perf_counter() - began) * 1_000, 3),
            steps=as_steps(look),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSeen:
    """The state of a window at its last diagnosis."""

    ended_at: datetime | None
    looks: int
    ended_sessions: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowNews:
    """The result of diagnosing a window again."""

    website_id: int
    seen: WindowSeen
    is_changed: bool
    """Whether its findings or its cause changed."""
    needs_recovery: bool
    """Whether the window has just ended and needs a recovery session."""


def update_window(db: Session, window_id: int, before: WindowSeen | None, certificate_days: int) -> WindowNews | None:
    """Assign collected evidence to a window, and diagnose it again if there is new evidence."""
    window = DowntimeWindowCRUD.get_by_id(db, window_id)
    if window is None:
        return None
    now = utc_now()
    span = {"since": window.started_at - BEFORE, "until": window.ended_at or now}
    LookCRUD.tie_to_window(db, window.website_id, window_id, **span)
    DebugSessionCRUD.tie_to_window(db, window.website_id, window_id, **span)
    sessions = DebugSessionCRUD.get_by_window(db, window_id)
    seen = WindowSeen(
        ended_at=window.ended_at,
        looks=len(LookCRUD.get_by_window(db, window_id)),
        ended_sessions=tuple(session.id for session in sessions if session.completed_at is not None),
    )
    is_over = window.ended_at is not None and now - window.ended_at < RECENT
    failed = [session for session in sessions if session.trigger is SessionTrigger.FAILURE]
    is_changed = seen != before and diagnose_window(db, window_id, certificate_days)
    if seen != before and any(session.completed_at is not None for session in failed):
        _announce_evidence(db, window, now)
    return WindowNews(
        website_id=window.website_id,
        seen=seen,
        is_changed=is_changed,
        needs_recovery=is_over
        and bool(failed)
        and not any(session.trigger is SessionTrigger.RECOVERY for session in sessions),
    )


def _announce_evidence(db: Session, window: DowntimeWindow, now: datetime) -> None:
    """Announce the evidence of an open window, once, in the transaction that diagnosed it."""
    if window.ended_at is not None:
        return
    shown = Change(
        event=NotificationEvent.EVIDENCE,
        website_id=window.website_id,
        window_id=window.id,
        happened_at=now,
        episode=str(window.id),
    )
    announce(db, [shown], now)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionNews:
    """The result of diagnosing a session."""

    website_id: int
    window_id: int | None
    is_changed: bool
    """Whether its findings changed."""


def update_session(db: Session, session_id: int, certificate_days: int) -> SessionNews | None:
    """Diagnose a completed session; None if it is not complete or does not exist."""
    session = DebugSessionCRUD.get_held(db, session_id)
    if session is None or session.completed_at is None:
        return None
    is_changed = diagnose_session(db, session_id, certificate_days)
    faults.update_faults(db, session, utc_now())
    return SessionNews(website_id=session.website_id, window_id=session.window_id, is_changed=is_changed)


def due_for_baseline(db: Session, hours: float, limits: Limits, *, but_for: Collection[int] = ()) -> int | None:
    """Return a website that is up, needs a baseline and is within the limits; None if there is none.

    Websites whose fault must be confirmed come first, then those without a baseline for *hours*. Websites in *but_for*
    are skipped.
    """
    now = utc_now()
    active = {website.id for website in WebsiteCRUD.get_active_websites(db) if website.auto_debug is not False}
    active -= maintenance_window.running(db, now).union(but_for)
    states = statistics.current_states(db, sorted(active))
    up = sorted(website_id for website_id, state in states.items() if state.status in AVAILABLE)
    recent = DebugSessionCRUD.get_baseline_times(db, now - timedelta(hours=hours))
    again = [website_id for website_id in faults.due_again(db, recent, now) if website_id in up]
    usual = [key for key in up if key not in recent and states[key].status is MonitorStatus.UP]
    started = _started(db, now)
    wishes = (PlannedSession(website_id=key, trigger=SessionTrigger.BASELINE) for key in (*again, *usual))
    return next((wish.website_id for wish in wishes if refusal(wish, started, limits, now) is None), None)
