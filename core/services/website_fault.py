"""All SQL about faults that debug sessions found in pages of websites that are up."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from core.models import (
    DebugSession,
    DebugSessionState,
    DowntimeWindow,
    Finding,
    Notification,
    NotificationState,
    SessionTrigger,
    Website,
    WebsiteFault,
    WebsiteState,
)
from core.services import flapping
from core.services.finding import IS_FAULT
from core.services.maintenance_window import in_maintenance
from core.services.monitor_check import AVAILABLE
from core.services.rows import add_row

TRIGGERS = (SessionTrigger.MANUAL, SessionTrigger.BASELINE, SessionTrigger.RECOVERY)
"""The triggers of sessions that show a website while it is up."""
LOOKED = (DebugSessionState.COMPLETED, DebugSessionState.TIMED_OUT, DebugSessionState.FAILED)
"""The final states of sessions that nobody cancelled."""


class WebsiteFaultCRUD:
    """Begin and end faults."""

    @staticmethod
    def open_among(db: Session, fault_ids: Collection[int]) -> set[int]:
        """Return those of *fault_ids* whose faults are not gone."""
        return set(
            db.scalars(select(WebsiteFault.id).where(WebsiteFault.id.in_(fault_ids), WebsiteFault.gone_at.is_(None)))
        )

    @staticmethod
    def open_of(db: Session, website_id: int, page: str) -> list[WebsiteFault]:
        """Return the current faults of the page, oldest first."""
        query = select(WebsiteFault).where(
            WebsiteFault.website_id == website_id, WebsiteFault.gone_at.is_(None), WebsiteFault.page == page
        )
        return list(db.scalars(query.order_by(WebsiteFault.id)))

    @staticmethod
    def open_elsewhere(db: Session, website_id: int, page: str) -> list[tuple[WebsiteFault, DebugSession]]:
        """Return the current faults of the website's other pages, each with the session that last found it."""
        query = (
            select(WebsiteFault, DebugSession)
            .join(DebugSession, DebugSession.id == WebsiteFault.session_id)
            .where(WebsiteFault.website_id == website_id, WebsiteFault.gone_at.is_(None), WebsiteFault.page != page)
            .order_by(WebsiteFault.id)
        )
        return [(fault, session) for fault, session in db.execute(query)]

    @staticmethod
    def begin(
        db: Session, session: DebugSession, page: str, *, kind: str, sentence: str, found_at: datetime
    ) -> WebsiteFault:
        fault = WebsiteFault(
            website_id=session.website_id,
            page=page,
            kind=kind,
            sentence=sentence,
            session_id=session.id,
            found_at=found_at,
        )
        return add_row(db, fault)

    @staticmethod
    def open_and_announced(db: Session) -> list[tuple[WebsiteFault, Website, DebugSession]]:
        """Return current faults with notifications, each with the session that last found it, newest first."""
        announced = exists().where(
            Notification.fault_id == WebsiteFault.id, Notification.state != NotificationState.SKIPPED
        )
        query = (
            select(WebsiteFault, Website, DebugSession)
            .join(Website, Website.id == WebsiteFault.website_id)
            .join(DebugSession, DebugSession.id == WebsiteFault.session_id)
            .where(WebsiteFault.gone_at.is_(None), announced)
            .order_by(WebsiteFault.found_at.desc(), WebsiteFault.id.desc())
        )
        return [(fault, website, session) for fault, website, session in db.execute(query)]

    @staticmethod
    def is_dropped(db: Session, fault: WebsiteFault) -> bool:
        """Return whether all notifications of the fault were skipped, for example because its website was down."""
        of_it = select(Notification.id).where(Notification.fault_id == fault.id)
        announced = of_it.where(Notification.state != NotificationState.SKIPPED)
        return db.scalar(of_it.limit(1)) is not None and db.scalar(announced.limit(1)) is None


def found_in(db: Session, session_id: int) -> list[Finding]:
    """Return the faults that a session found, the cause first."""
    query = select(Finding).where(Finding.debug_session_id == session_id, IS_FAULT)
    return list(db.scalars(query.order_by(Finding.position, Finding.id)))


def sessions_since(
    db: Session, website_ids: Sequence[int], since: datetime
) -> list[tuple[DebugSession, list[Finding]]]:
    """Return the completed sessions since then that no failure started, each with its faults, oldest first."""
    query = (
        select(DebugSession, Finding)
        .outerjoin(Finding, and_(Finding.debug_session_id == DebugSession.id, IS_FAULT))
        .where(DebugSession.started_at >= since, DebugSession.completed_at.is_not(None))
        .where(DebugSession.trigger.in_(TRIGGERS), DebugSession.state.in_(LOOKED))
        .order_by(DebugSession.started_at, DebugSession.id, Finding.position, Finding.id)
    )
    own = set(website_ids)
    found: dict[int, tuple[DebugSession, list[Finding]]] = {}
    for row in db.execute(query):
        session: DebugSession = row[0]
        finding: Finding | None = row[1]
        if session.website_id in own:
            faults = found.setdefault(session.id, (session, []))[1]
            faults += [finding] if finding is not None else []
    return list(found.values())


def says_how_it_is(db: Session, session: DebugSession, now: datetime) -> bool:
    """Return whether *session* is the newest completed one that shows its page while the website is up.

    No session does for a website that is, or was during the session, paused, down, flapping or in maintenance.
    """
    if session.trigger not in TRIGGERS or session.state not in LOOKED or session.completed_at is None:
        return False
    website, state = db.get(Website, session.website_id), db.get(WebsiteState, session.website_id)
    if website is None or not website.is_active or state is None or state.status not in AVAILABLE:
        return False
    later = exists().where(
        DebugSession.website_id == session.website_id,
        DebugSession.url.is_not_distinct_from(session.url),
        DebugSession.started_at > session.started_at,
        DebugSession.trigger.in_(TRIGGERS),
        DebugSession.state.in_(LOOKED),
    )
    was_down = exists().where(
        DowntimeWindow.website_id == session.website_id,
        DowntimeWindow.started_at <= session.completed_at,
        or_(DowntimeWindow.ended_at.is_(None), DowntimeWindow.ended_at > session.started_at),
    )
    ids: Sequence[int] = [session.website_id]
    if db.scalar(select(or_(later, was_down))) or flapping.flapping(db, ids):
        return False
    return not in_maintenance(db, ids, session.started_at) and not in_maintenance(db, ids, now)
