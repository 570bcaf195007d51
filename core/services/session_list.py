"""Lists debug sessions of all websites with filters, and finds the baseline of a session."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from core.models import DebugSession, DebugSessionState, SessionTrigger, Website
from core.services.debug_session import began_otherwise
from core.services.finding import FindingCRUD, has_fault


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFilter:
    """The filters of a list of sessions; None means no filter."""

    website_id: int | None = None
    state: DebugSessionState | None = None
    trigger: SessionTrigger | None = None
    is_pinned: bool | None = None
    has_failures: bool | None = None
    """Whether requests failed in the session."""
    has_fault: bool | None = None
    """Whether the session has a fault, as defined by `FindingCRUD.faults`."""

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the filters as SQL conditions."""
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
    """Return a page of sessions, newest first, each with its website's name, and the total."""
    conditions = (wanted or SessionFilter()).conditions()
    query = select(DebugSession, Website.name).join(Website).where(*conditions)
    count = select(func.count()).select_from(DebugSession).where(*conditions)
    query = query.order_by(DebugSession.started_at.desc(), DebugSession.id.desc()).offset(skip).limit(limit)
    return [(session, name) for session, name in db.execute(query)], db.scalar(count) or 0


def baseline(db: Session, session: DebugSession) -> DebugSession | None:
    """Return the last good session of the same website and URL that began before this one.

    Sessions that a failure started are excluded. A session with a fault counts only if it is a baseline or recovery
    session and there is no better one, because some websites always have a fault. An imported file is compared only
    with imported files.
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
