"""The exchanges of debug sessions; those of finished ones are kept at hand for whoever looks next."""

import threading
from collections import OrderedDict
from collections.abc import Collection

from sqlalchemy.orm import Session

from core.debugging.waterfall import Exchange, rows
from core.models import DebugSession
from core.services.session_evidence import SessionEvidence

MOST_ROWS = 30_000  # kept in all, some 2 kB each
"""To read and fold 10,000 takes half a second of a worker thread, which everybody else then waits for."""

_kept: OrderedDict[str, list[Exchange]] = OrderedDict()
_lock = threading.Lock()


def all_rows(db: Session, session: DebugSession) -> list[Exchange]:
    """What the session recorded so far, as `core.debugging.waterfall.rows`; not to be changed."""
    if (known := _known(session)) is not None:
        return known
    found = rows(SessionEvidence.row_events(db, session.id))
    if session.is_over:
        _keep(session.session_key, found)
    return found


def first_rows(db: Session, session: DebugSession, count: int) -> list[Exchange]:
    """The first of them, at least *count* where there are so many."""
    # An exchange is seldom more than three events: its request, its answer, and what ended it in spite of that.
    return _known(session) or rows(SessionEvidence.row_events(db, session.id, limit=3 * count))


def changed_rows(db: Session, session: DebugSession, event_ids: Collection[int]) -> list[Exchange]:
    """Those that the events touch."""
    return rows(SessionEvidence.row_events(db, session.id, event_ids))


def _known(session: DebugSession) -> list[Exchange] | None:
    with _lock:
        known = _kept.get(session.session_key)
        if known is not None:
            _kept.move_to_end(session.session_key)
        return known


def _keep(key: str, found: list[Exchange]) -> None:
    with _lock:
        _kept[key] = found
        while len(_kept) > 1 and sum(map(len, _kept.values())) > MOST_ROWS:
            _kept.popitem(last=False)
