"""Sessions are filtered, and the baseline of a session is found, on both databases."""

from typing import Any

from sqlalchemy.orm import Session

from core.models import (
    DebugSessionState,
    SessionTrigger,
)
from core.schemas.finding import FindingCreate
from core.services import FindingCRUD, session_list
from core.services.session_list import SessionFilter
from tests.conftest import Queries
from tests.factories import at, make_session, make_website


def test_the_baseline_is_the_last_good_session_before_this_one(store: Session) -> None:
    website, elsewhere = make_website(store), make_website(store)
    make_session(store, website, success=True, started_at=at(1))
    good = make_session(store, website, success=True, started_at=at(2))
    make_session(store, website, success=False, started_at=at(3))
    make_session(store, elsewhere, success=True, started_at=at(4))
    this = make_session(store, website, success=False, started_at=at(5))
    make_session(store, website, success=True, started_at=at(6))

    assert session_list.baseline(store, this) is good


def test_recent_sessions_have_website_names_and_a_count_in_one_query(store: Session, query_counter: Queries) -> None:
    website = make_website(store, name="Acme shop")
    sessions = [make_session(store, website, started_at=at(number)) for number in range(3)]
    make_session(store, make_website(store))

    with query_counter.counted(store.get_bind().engine) as queries:
        found, total = session_list.recent(store, SessionFilter(website_id=website.id), limit=2)

    assert [(session.id, name) for session, name in found] == [
        (sessions[2].id, "Acme shop"),
        (sessions[1].id, "Acme shop"),
    ]
    assert total == 3
    assert len(queries) == 2


def test_sessions_are_filtered_by_each_criterion(store: Session) -> None:
    website = make_website(store)
    pinned = make_session(store, website, is_pinned=True, state=DebugSessionState.COMPLETED)
    failed = make_session(store, website, state=DebugSessionState.FAILED, failed_count=2)
    other = make_session(store, website, trigger=SessionTrigger.FAILURE, state=DebugSessionState.COMPLETED)
    fault = FindingCreate(kind="script_failed", sentence="A script is gone.", confidence="high", why="", rests_on=[])
    FindingCRUD.replace_for_session(store, other.id, [fault])

    def ids(**wanted: Any) -> set[int]:
        return {session.id for session, _name in session_list.recent(store, SessionFilter(**wanted))[0]}

    assert ids() == {pinned.id, failed.id, other.id}
    assert ids(is_pinned=True) == {pinned.id}
    assert ids(is_pinned=False) == {failed.id, other.id}
    assert ids(state=DebugSessionState.FAILED) == {failed.id}
    assert ids(trigger=SessionTrigger.FAILURE) == {other.id}
    assert ids(has_failures=True) == {failed.id}
    assert ids(has_fault=True) == {other.id}
    assert ids(has_fault=False, state=DebugSessionState.COMPLETED) == {pinned.id}
    assert ids(website_id=website.id + 1) == set()


def test_an_imported_session_is_a_baseline_only_for_imported_ones(store: Session) -> None:
    website = make_website(store)
    good = make_session(store, website, success=True, started_at=at(1))
    file = make_session(store, website, success=True, started_at=at(2), trigger=SessionTrigger.IMPORT)
    this = make_session(store, website, started_at=at(3))
    other_file = make_session(store, website, started_at=at(4), trigger=SessionTrigger.IMPORT)

    assert session_list.baseline(store, this) is good
    assert session_list.baseline(store, other_file) is file


def test_a_failure_session_or_one_with_a_fault_is_not_a_baseline(store: Session) -> None:
    website = make_website(store)
    good, faulty, failing, this = (make_session(store, website, started_at=at(second)) for second in range(4))
    good.success = faulty.success = failing.success = True
    failing.trigger = SessionTrigger.FAILURE
    fault = FindingCreate(kind="script_failed", sentence="A script fails.", confidence="likely", why="It does.")
    note = fault.model_copy(update={"confidence": "note"})
    FindingCRUD.replace_for_session(store, faulty.id, [fault])
    FindingCRUD.replace_for_session(store, good.id, [note])

    assert session_list.baseline(store, this) is good

    good.success, faulty.trigger = False, SessionTrigger.BASELINE
    store.flush()

    assert session_list.baseline(store, this) is faulty


def test_a_session_of_another_address_is_not_a_baseline(store: Session) -> None:
    website = make_website(store)
    other, this = (make_session(store, website, started_at=at(second)) for second in range(2))
    other.success, other.url = True, "https://website.example/api"
    this.url = "https://website.example/"
    store.flush()

    assert session_list.baseline(store, this) is None
