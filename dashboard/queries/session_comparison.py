"""Chooses the session to compare another with, and compares them."""

from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy.orm import Session

from core.debugging.compare import compare
from core.debugging.compare_words import in_words, milestones_in_words
from core.models import DebugSession
from core.phrases import shortened
from core.services import DebugSessionCRUD, session_list
from core.services.session_list import SessionFilter
from dashboard.components.session_compare import Compared
from dashboard.queries.session_rows import all_rows
from dashboard.words.debug_session import name_of

COMPARABLE = 50  # the latest sessions that are offered


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparable:
    """The sessions to compare with, by id, and the comparison with one of them."""

    others: dict[int, str]
    compared: Compared | None


def comparable(db: Session, session: DebugSession, other_id: int | None, zone: tzinfo | None) -> Comparable:
    """Compare this session with another of its website: with *other_id*, else the last good one, else the latest.

    Sessions of the same page come first; the names of others contain their URL. Names contain times in *zone*, the
    reader's time zone.
    """
    baseline = session_list.baseline(db, session)
    found, _ = session_list.recent(db, SessionFilter(website_id=session.website_id), limit=COMPARABLE)
    others = {baseline.id: f"Last good: {name_of(baseline, zone)}"} if baseline else {}
    for candidate, _ in sorted(found, key=lambda row: row[0].url != session.url):
        if candidate.id != session.id:
            page = f", {shortened(candidate.url, 80)}" if candidate.url and candidate.url != session.url else ""
            others.setdefault(candidate.id, name_of(candidate, zone) + page)
    chosen = other_id if other_id in others else next(iter(others), None)
    other = DebugSessionCRUD.get_by_id(db, chosen) if chosen else None
    return Comparable(others=others, compared=_compared(db, session, other) if other else None)


def _compared(db: Session, session: DebugSession, other: DebugSession) -> Compared:
    comparison = compare(all_rows(db, other), all_rows(db, session))
    words = [*in_words(comparison), *milestones_in_words(other.milestones, session.milestones)]
    return Compared(session_id=session.id, other_id=other.id, comparison=comparison, words=words)
