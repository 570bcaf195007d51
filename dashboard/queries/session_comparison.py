"""Which session another one is compared with, and what comes of it."""

from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy.orm import Session

from core.debugging.compare import compare
from core.debugging.compare_words import in_words, milestones_in_words
from core.models import DebugSession
from core.services import DebugSessionCRUD, session_list
from core.services.session_list import SessionFilter
from dashboard.components.session_compare import Compared
from dashboard.queries.session_rows import all_rows
from dashboard.words.debug_session import name_of

COMPARABLE = 50  # sessions offered for comparison, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """The sessions that one can be compared with, by id, and the comparison with one of them."""

    others: dict[int, str]
    compared: Compared | None


def comparable(db: Session, session: DebugSession, other_id: int | None, zone: tzinfo | None) -> Comparable:
    """This session against another of its website: the one asked for, else the last good one, else the latest.

    Sessions are named by the clocks of *zone*, the reader's.
    """
    baseline = session_list.baseline(db, session)
    found, _ = session_list.recent(db, SessionFilter(website_id=session.website_id), limit=COMPARABLE)
    others = {baseline.id: f"Last good: {name_of(baseline, zone)}"} if baseline else {}
    for each, _ in found:
        if each.id != session.id:
            others.setdefault(each.id, name_of(each, zone))
    chosen = other_id if other_id in others else next(iter(others), None)
    other = DebugSessionCRUD.get_by_id(db, chosen) if chosen else None
    return Comparable(others=others, compared=_compared(db, session, other) if other else None)


def _compared(db: Session, session: DebugSession, other: DebugSession) -> Compared:
    comparison = compare(all_rows(db, other), all_rows(db, session))
    words = [*in_words(comparison), *milestones_in_words(other.milestones, session.milestones)]
    return Compared(session_id=session.id, other_id=other.id, comparison=comparison, words=words)
