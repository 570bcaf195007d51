"""Debug sessions across websites, narrowed by what a reader asks for, and the one that another is measured by."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.models import DebugSession, DebugSessionState, SessionTrigger, Website
from core.services.debug_session import began_otherwise
from core.services.finding import FindingCRUD, has_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """Which sessions a list shows; None means all."""

    website_id: int | None = None
    state: DebugSessionState | None = None
    trigger: SessionTrigger | None = None
    is_pinned: bool | None = None
    has_failures: bool | None = None
    """Whether requests failed in it."""
    has_fault: bool | None = None
    """Whether a fault was found in it, as `FindingCRUD.faults` tells."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        wanted: list[ColumnElement[bool]] = []
        equal = {"website_id": self.website_id, "state": self.state, "trigger": self.trigger}
        wanted += [getattr(DebugSession, name) == value for name, value in equal.items() if value is not None]
        if self.is_pinned is not None:
            wanted.append(func.coalesce(DebugSession.is_pinned, False).is_(self.is_pinned))
        if self.has_failures is not None:
            wanted.append((func.coalesce(DebugSession.failed_count, 0) > 0).is_(self.has_failures))
        if self.has_fault is not None:
            wanted.append(DebugSession.id.in_(FindingCRUD.sessions_at_fault()).is_(self.has_fault))
        return wanted


def recent(
    db: Session, wanted: SessionFilter | None = None, *, skip: int = 0, limit: int = 50
) -> tuple[list[tuple[DebugSession, str]], int]:
    """Sessions, newest first, each with its website's name; and how many there are."""
    conditions = (wanted or SessionFilter()).conditions()
    query = select(DebugSession, Website.name).join(Website).where(*conditions)
    count = select(func.count()).select_from(DebugSession).where(*conditions)
    query = query.order_by(DebugSession.started_at.desc(), DebugSession.id.desc()).offset(skip).limit(limit)
    return [(session, name) for session, name in db.execute(query)], db.scalar(count) or 0


def baseline(db: Session, session: DebugSession) -> DebugSession | None:
    """The last good session of the same address of the same website, begun before this one.

    One that a failure started is no measure of good, and neither is one in which a fault was found, unless it
    is all there is of a time when the checks were good: some websites are never without one. A file of another
    browser is a measure for its like alone.
    """
    apart = [SessionTrigger.FAILURE]
    if session.trigger != SessionTrigger.IMPORT:
        apart.append(SessionTrigger.IMPORT)
    fault = has_fault(DebugSession)
    query = select(DebugSession).where(
        DebugSession.website_id == session.website_id,
        DebugSession.id != session.id,
        DebugSession.started_at <= session.started_at,
        DebugSession.success.is_(True),
        DebugSession.url.is_not_distinct_from(session.url),
        began_otherwise(DebugSession, apart),
        or_(~fault, DebugSession.trigger.in_((SessionTrigger.BASELINE, SessionTrigger.RECOVERY))),
    )
    return db.scalar(query.order_by(fault, DebugSession.started_at.desc(), DebugSession.id.desc()).limit(1))
