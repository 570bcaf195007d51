"""All SQL about findings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.clock import utc_now
from core.models import Finding
from core.schemas.finding import FindingCreate
from core.services.rows import page_of

BLANK = "blank_page"  # `core.diagnosis.kinds.Kind`: a blank page counts as a fault even as a note
IS_MORE_THAN_A_NOTE = Finding.confidence.in_(("high", "likely"))  # of `core.diagnosis.kinds.Confidence`
IS_FAULT = or_(IS_MORE_THAN_A_NOTE, Finding.kind == BLANK)


class FindingCRUD:
    """Replace and read the findings of a window or a session. Lists have the cause first."""

    @staticmethod
    def get_by_window(db: Session, window_id: int, skip: int = 0, limit: int = 50) -> tuple[list[Finding], int]:
        return page_of(db, _in_order().where(Finding.window_id == window_id), skip=skip, limit=limit)

    @staticmethod
    def get_by_session(db: Session, session_id: int, skip: int = 0, limit: int = 50) -> tuple[list[Finding], int]:
        return page_of(db, _in_order().where(Finding.debug_session_id == session_id), skip=skip, limit=limit)

    @staticmethod
    def cause(db: Session, window_id: int) -> str | None:
        """Return the finding that explains the failure of a window; None if there are only notes."""
        of_window = _in_order().where(Finding.window_id == window_id, IS_MORE_THAN_A_NOTE)
        return db.scalar(of_window.with_only_columns(Finding.sentence).limit(1))

    @staticmethod
    def faults(db: Session, session_ids: Sequence[int]) -> dict[int, str]:
        """Return the first finding of each session that has a fault or a blank page; one query."""
        query = select(Finding.debug_session_id, Finding.sentence).where(
            Finding.debug_session_id.in_(session_ids), IS_FAULT
        )
        # In reverse order, so that the first finding of each session is the last to be set.
        found = db.execute(query.order_by(Finding.position.desc(), Finding.id.desc()))
        return {session_id: sentence for session_id, sentence in found if session_id is not None}

    @staticmethod
    def sessions_at_fault() -> Select[int | None]:
        """Return a query for the ids of sessions that have a fault, as in `faults`."""
        return select(Finding.debug_session_id).where(Finding.debug_session_id.is_not(None), IS_FAULT)

    @staticmethod
    def replace_for_window(db: Session, window_id: int, findings: Sequence[FindingCreate]) -> bool:
        """Replace the window's findings with *findings*, in this order; returns whether anything changed."""
        return _replace(db, Finding.window_id, window_id, findings)

    @staticmethod
    def replace_for_session(db: Session, session_id: int, findings: Sequence[FindingCreate]) -> bool:
        """Replace the session's findings with *findings*, in this order; returns whether anything changed."""
        return _replace(db, Finding.debug_session_id, session_id, findings)


def has_fault(session: Any) -> ColumnElement[bool]:
    """Return the condition that *session* (`DebugSession` or an alias) has a finding that is more than a note."""
    found = select(Finding.id).where(Finding.debug_session_id == session.id, IS_MORE_THAN_A_NOTE)
    return found.correlate(session).exists()


def _replace(
    db: Session, owner: InstrumentedAttribute[int | None], owner_id: int, findings: Sequence[FindingCreate]
) -> bool:
    stored = db.scalars(_in_order().where(owner == owner_id))
    if [FindingCreate.model_validate(finding) for finding in stored] == list(findings):
        return False
    db.execute(delete(Finding).where(owner == owner_id))
    belonging = {owner.key: owner_id, "created_at": utc_now()}
    rows = [
        {**finding.model_dump(), **belonging, "position": position}
        for position, finding in enumerate(findings, start=1)
    ]
    if rows:
        db.execute(insert(Finding), rows)
    return True


def _in_order() -> Select[Finding]:
    return select(Finding).order_by(Finding.position, Finding.id)
