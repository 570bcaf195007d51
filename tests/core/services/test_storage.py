"""The size and contents of the store are calculated."""

from sqlalchemy.orm import Session

from core.models import MonitorStatus
from core.services.storage import stored
from tests.factories import at, make_check, make_session, make_website, make_window


def test_an_empty_store_has_a_size_and_no_rows(store: Session) -> None:
    kept = stored(store)

    assert kept.size_bytes > 0
    assert (kept.websites, kept.checks, kept.sessions, kept.pictures_bytes, kept.oldest_check_at) == (0, 0, 0, 0, None)


def test_stored_rows_are_counted(store: Session) -> None:
    website = make_website(store)
    for seconds in range(3):
        make_check(store, website, checked_at=at(seconds), status=list(MonitorStatus)[seconds])
    make_window(store, website)
    make_session(store, website, started_at=at(9))

    kept = stored(store)

    assert (kept.websites, kept.windows, kept.sessions, kept.checks) == (1, 1, 1, 3)
    assert (kept.oldest_check_at, kept.oldest_session_at) == (at(0), at(9))
