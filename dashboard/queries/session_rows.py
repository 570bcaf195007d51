"""Reads the exchanges of debug sessions, and caches those of finished sessions."""

import threading
from collections import OrderedDict
from collections.abc import Collection

from sqlalchemy.orm import Session

from core.debugging.waterfall import Exchange, rows
from core.models import DebugSession
from core.services.session_evidence import SessionEvidence

MAX_ROWS = 30_000  # in the cache, about 2 kB each
"""The cache is needed because reading 10,000 rows takes half a second, which blocks all other requests."""

_kept: OrderedDict[str, list[Exchange]] = OrderedDict()
_lock = threading.Lock()


def all_rows(db: Session, session: DebugSession) -> list[Exchange]:
    """Return the session's exchanges so far, see `core.debugging.waterfall.rows`. Callers must not change them."""
    if (known := _known(session)) is not None:
        return known
    found = rows(SessionEvidence.row_events(db, session.id))
    if session.is_over:
        _keep(session.session_key, found)
    return found


def first_rows(db: Session, session: DebugSession, count: int) -> list[Exchange]:
    """Return the first exchanges, at least *count* if there are so many."""
    # An exchange rarely has more than 3 events: request, response, and an error that ended the response.
    return _known(session) or rows(SessionEvidence.row_events(db, session.id, limit=3 * count))


def changed_rows(db: Session, session: DebugSession, event_ids: Collection[int]) -> list[Exchange]:
    """Return the exchanges that these events belong to."""
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
        while len(_kept) > 1 and sum(map(len, _kept.values())) > MAX_ROWS:
            _kept.popitem(last=False)
