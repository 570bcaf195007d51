"""All SQL about findings."""

from collections.abc import Sequence

from sqlalchemy import Select, delete, insert, or_, select
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import Finding
from core.schemas.finding import FindingCreate
from core.services.debug_session import FAULTS
from core.services.rows import page_of

BLANK = "blank_page"  # `core.diagnosis.kinds.Kind`: seen by whoever looks, also where it is no more than a note

IS_FAULT = or_(Finding.confidence.in_(FAULTS), Finding.kind == BLANK)


class FindingCRUD:
    """Replace and read the findings of a window or of a session; lists have the cause first."""

    @staticmethod
    def get_by_window(db: Session, window_id: int, skip: int = 0, limit: int = 50) -> tuple[list[Finding], int]:
        query = select(Finding).where(Finding.window_id == window_id).order_by(Finding.position, Finding.id)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def get_by_session(db: Session, session_id: int, skip: int = 0, limit: int = 50) -> tuple[list[Finding], int]:
        query = select(Finding).where(Finding.debug_session_id == session_id).order_by(Finding.position, Finding.id)
        return page_of(db, query, skip=skip, limit=limit)

    @staticmethod
    def faults(db: Session, session_ids: Sequence[int]) -> dict[int, str]:
        """What is first to be said of each session in which a fault was found or whose page stayed blank; one query."""
        query = select(Finding.debug_session_id, Finding.sentence).where(
            Finding.debug_session_id.in_(session_ids), IS_FAULT
        )
        found = db.execute(query.order_by(Finding.position.desc(), Finding.id.desc()))  # of each, the first comes last
        return {session_id: sentence for session_id, sentence in found if session_id is not None}

    @staticmethod
    def sessions_at_fault() -> Select[int | None]:
        """The ids of the sessions of which `faults` tells, as a query of its own or within another."""
        return select(Finding.debug_session_id).where(Finding.debug_session_id.is_not(None), IS_FAULT)

    @staticmethod
    def replace_for_window(db: Session, window_id: int, findings: Sequence[FindingCreate]) -> bool:
        """Keep *findings*, in this order, in place of those that the window had; whether that changed anything."""
        if _is_same(FindingCRUD.get_by_window(db, window_id)[0], findings):
            return False
        db.execute(delete(Finding).where(Finding.window_id == window_id))
        _insert(db, findings, window_id=window_id, debug_session_id=None)
        return True

    @staticmethod
    def replace_for_session(db: Session, session_id: int, findings: Sequence[FindingCreate]) -> bool:
        """Keep *findings*, in this order, in place of those that the session had; whether that changed anything."""
        if _is_same(FindingCRUD.get_by_session(db, session_id)[0], findings):
            return False
        db.execute(delete(Finding).where(Finding.debug_session_id == session_id))
        _insert(db, findings, window_id=None, debug_session_id=session_id)
        return True


def _is_same(stored: Sequence[Finding], findings: Sequence[FindingCreate]) -> bool:
    return [FindingCreate.model_validate(one) for one in stored] == list(findings)


def _insert(
    db: Session, findings: Sequence[FindingCreate], *, window_id: int | None, debug_session_id: int | None
) -> None:
    belonging = {"window_id": window_id, "debug_session_id": debug_session_id, "created_at": utc_now()}
    rows = [{**one.model_dump(), **belonging, "position": position} for position, one in enumerate(findings, start=1)]
    if rows:
        db.execute(insert(Finding), rows)
