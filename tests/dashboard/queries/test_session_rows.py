"""A session's exchanges are cached once it has finished, and read each time while it runs."""

from sqlalchemy.orm import Session

from core.models import DebugSessionState
from dashboard.queries import session_rows
from tests.conftest import Queries
from tests.factories import make_event, make_session, make_website


def test_a_finished_session_is_read_once(db: Session, query_counter: Queries) -> None:
    session = make_session(db, make_website(db), state=DebugSessionState.COMPLETED)
    make_event(db, session, exchange_id="a.1")

    found = session_rows.all_rows(db, session)
    with query_counter.counted(db.get_bind().engine) as queries:
        again = session_rows.all_rows(db, session)
        first = session_rows.first_rows(db, session, 1)

    assert len(queries) == 0
    assert [row.exchange_id for row in found] == ["a.1"]
    assert again == first == found


def test_a_running_session_is_read_every_time(db: Session) -> None:
    session = make_session(db, make_website(db), state=DebugSessionState.RUNNING)
    make_event(db, session, exchange_id="a.1")
    session_rows.all_rows(db, session)

    event = make_event(db, session, exchange_id="a.2")

    assert len(session_rows.all_rows(db, session)) == 2
    assert len(session_rows.first_rows(db, session, 10)) == 2
    assert [row.exchange_id for row in session_rows.changed_rows(db, session, {event.id})] == ["a.2"]
