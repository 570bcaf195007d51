"""Reading what a debug session recorded, on both databases."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from core.models import (
    ArtifactKind,
    ConsoleMessage,
    DebugSession,
    DebugSessionState,
    NetworkEvent,
    NetworkEventType,
    SessionArtifact,
    SessionTrigger,
)
from core.schemas.finding import FindingCreate
from core.services import FindingCRUD
from core.services.session_evidence import SessionEvidence, SessionFilter
from tests.conftest import Queries
from tests.factories import at, make_event, make_session, make_website

RESPONSE = NetworkEventType.RESPONSE


def make_recorded(db: Session) -> DebugSession:
    """A session with two exchanges: a.1 with a request body, a.2 with headers and a body in its answer."""
    session = make_session(db, make_website(db))
    make_event(db, session, exchange_id="a.1", request_payload='{"Needle": 1}', timestamp=at(1))
    make_event(db, session, exchange_id="a.1", event_type=RESPONSE, timestamp=at(2))
    make_event(db, session, exchange_id="a.2", timestamp=at(3))
    headers = {"ETag": '"needle"', "Set-Cookie": "a=1\nb=2"}
    make_event(
        db,
        session,
        exchange_id="a.2",
        event_type=RESPONSE,
        timestamp=at(4),
        response_headers=headers,
        response_payload="<p>a NEEDLE in a haystack</p>",
    )
    db.expire_all()
    return session


def test_rows_come_in_order_of_time_without_what_is_heavy(store: Session) -> None:
    session = make_recorded(store)

    events = SessionEvidence.row_events(store, session.id)

    assert [event.exchange_id for event in events] == ["a.1", "a.1", "a.2", "a.2"]
    with pytest.raises(AttributeError):
        _ = events[0].request_payload


def test_bodies_are_those_that_are_text_and_short(store: Session) -> None:
    session = make_recorded(store)
    make_event(store, session, exchange_id="a.3", response_payload="AAAA", response_payload_encoding="base64")
    every = ["a.1", "a.2", "a.3"]

    assert SessionEvidence.text_bodies(store, session.id, every, longest=100) == [
        ("a.2", "<p>a NEEDLE in a haystack</p>")
    ]
    assert SessionEvidence.text_bodies(store, session.id, every, longest=10) == []
    assert SessionEvidence.sent_bodies(store, session.id, every, longest=100) == [("a.1", '{"Needle": 1}')]


def test_rows_of_changed_events_are_those_of_their_whole_exchange(store: Session) -> None:
    session = make_recorded(store)
    last = SessionEvidence.row_events(store, session.id)[-1]

    events = SessionEvidence.row_events(store, session.id, {last.id})

    assert [event.exchange_id for event in events] == ["a.2", "a.2"]


def test_rows_take_one_query(store: Session, query_counter: Queries) -> None:
    session_id = make_recorded(store).id

    with query_counter.counted(store.get_bind().engine) as queries:
        SessionEvidence.row_events(store, session_id)

    assert len(queries) == 1


def test_a_header_is_found_whatever_its_case(store: Session) -> None:
    session = make_recorded(store)

    assert SessionEvidence.having_response_header(store, session.id, "etag") == ["a.2"]
    assert SessionEvidence.having_response_header(store, session.id, "expires") == []


def test_search_finds_each_place_once_with_what_is_around_it(store: Session) -> None:
    session = make_recorded(store)

    hits = SessionEvidence.search(store, session.id, "needle", limit=10)

    assert [(hit.exchange_id, hit.where, hit.match) for hit in hits] == [
        ("a.1", "request body", "Needle"),
        ("a.2", "response headers", "needle"),
        ("a.2", "response body", "NEEDLE"),
    ]
    assert (hits[2].before, hits[2].after) == ("<p>a ", " in a haystack</p>")


def test_search_takes_its_words_literally_and_stops_at_its_limit(store: Session) -> None:
    session = make_recorded(store)

    assert SessionEvidence.search(store, session.id, ".*", limit=10) == []
    assert len(SessionEvidence.search(store, session.id, "needle", limit=2)) == 2


def test_bytes_are_not_searched_as_if_they_were_text(store: Session) -> None:
    session = make_session(store, make_website(store))
    make_event(store, session, exchange_id="a", response_payload="needle", response_payload_encoding="base64")

    assert SessionEvidence.search(store, session.id, "needle", limit=10) == []


def test_pictures_are_listed_without_their_data_and_fetched_with_it(store: Session) -> None:
    session = make_session(store, make_website(store))
    other = make_session(store, make_website(store))
    facts = {"mime_type": "image/jpeg", "size_bytes": 1, "data": b"x", "timestamp": at(0)}
    for kind, offset in ((ArtifactKind.SCREENSHOT, 9.0), (ArtifactKind.FRAME, 1.0), (ArtifactKind.TRACE, 0.0)):
        store.add(SessionArtifact(debug_session_id=session.id, kind=kind, offset_ms=offset, **facts))
    store.flush()
    store.expire_all()

    pictures = SessionEvidence.pictures(store, session.id)

    assert [picture.kind for picture in pictures] == [ArtifactKind.FRAME, ArtifactKind.SCREENSHOT]
    found = SessionEvidence.artifact(store, session.id, pictures[0].id)
    assert found is not None
    assert found.data == b"x"
    assert SessionEvidence.artifact(store, other.id, pictures[0].id) is None


def test_the_baseline_is_the_last_good_session_before_this_one(store: Session) -> None:
    website, elsewhere = make_website(store), make_website(store)
    make_session(store, website, success=True, started_at=at(1))
    good = make_session(store, website, success=True, started_at=at(2))
    make_session(store, website, success=False, started_at=at(3))
    make_session(store, elsewhere, success=True, started_at=at(4))
    this = make_session(store, website, success=False, started_at=at(5))
    make_session(store, website, success=True, started_at=at(6))

    assert SessionEvidence.baseline(store, this) is good


def test_recent_sessions_carry_their_websites_name_in_one_query_and_a_count(
    store: Session, query_counter: Queries
) -> None:
    website = make_website(store, name="Acme shop")
    sessions = [make_session(store, website, started_at=at(number)) for number in range(3)]
    make_session(store, make_website(store))

    with query_counter.counted(store.get_bind().engine) as queries:
        found, total = SessionEvidence.recent(store, SessionFilter(website_id=website.id), limit=2)

    assert [(session.id, name) for session, name in found] == [
        (sessions[2].id, "Acme shop"),
        (sessions[1].id, "Acme shop"),
    ]
    assert total == 3
    assert len(queries) == 2


def test_events_of_another_session_are_never_touched(store: Session) -> None:
    session = make_recorded(store)
    other = make_session(store, make_website(store))
    foreign: NetworkEvent = make_event(store, other, exchange_id="a.1")

    assert SessionEvidence.row_events(store, session.id, {foreign.id}) == []


def test_sessions_are_filtered_by_what_is_known_of_them(store: Session) -> None:
    website = make_website(store)
    pinned = make_session(store, website, is_pinned=True, state=DebugSessionState.COMPLETED)
    failed = make_session(store, website, state=DebugSessionState.FAILED, failed_count=2)
    other = make_session(store, website, trigger=SessionTrigger.FAILURE, state=DebugSessionState.COMPLETED)
    fault = FindingCreate(kind="script_failed", sentence="A script is gone.", confidence="high", why="", rests_on=[])
    FindingCRUD.replace_for_session(store, other.id, [fault])

    def ids(**wanted: Any) -> set[int]:
        return {session.id for session, _name in SessionEvidence.recent(store, SessionFilter(**wanted))[0]}

    assert ids() == {pinned.id, failed.id, other.id}
    assert ids(is_pinned=True) == {pinned.id}
    assert ids(is_pinned=False) == {failed.id, other.id}
    assert ids(state=DebugSessionState.FAILED) == {failed.id}
    assert ids(trigger=SessionTrigger.FAILURE) == {other.id}
    assert ids(has_failures=True) == {failed.id}
    assert ids(has_fault=True) == {other.id}
    assert ids(has_fault=False, state=DebugSessionState.COMPLETED) == {pinned.id}
    assert ids(website_id=website.id + 1) == set()


def test_a_file_of_another_browser_is_a_baseline_for_its_like_alone(store: Session) -> None:
    website = make_website(store)
    good = make_session(store, website, success=True, started_at=at(1))
    file = make_session(store, website, success=True, started_at=at(2), trigger=SessionTrigger.IMPORT)
    this = make_session(store, website, started_at=at(3))
    other_file = make_session(store, website, started_at=at(4), trigger=SessionTrigger.IMPORT)

    assert SessionEvidence.baseline(store, this) is good
    assert SessionEvidence.baseline(store, other_file) is file


def test_neither_a_failures_session_nor_one_with_a_fault_is_a_baseline(store: Session) -> None:
    website = make_website(store)
    good, faulty, failing, this = (make_session(store, website, started_at=at(second)) for second in range(4))
    good.success = faulty.success = failing.success = True
    failing.trigger = SessionTrigger.FAILURE
    fault = FindingCreate(kind="script_failed", sentence="A script fails.", confidence="likely", why="It does.")
    note = fault.model_copy(update={"confidence": "note"})
    FindingCRUD.replace_for_session(store, faulty.id, [fault])
    FindingCRUD.replace_for_session(store, good.id, [note])

    assert SessionEvidence.baseline(store, this) is good

    good.success, faulty.trigger = False, SessionTrigger.BASELINE
    store.flush()

    assert SessionEvidence.baseline(store, this) is faulty


def test_a_session_of_another_address_is_no_baseline(store: Session) -> None:
    website = make_website(store)
    other, this = (make_session(store, website, started_at=at(second)) for second in range(2))
    other.success, other.url = True, "https://website.example/api"
    this.url = "https://website.example/"
    store.flush()

    assert SessionEvidence.baseline(store, this) is None


def test_a_console_can_be_read_for_what_went_wrong_alone(store: Session) -> None:
    session = make_session(store, make_website(store))
    for position, level in enumerate(("log", "error", "log", "warning")):
        store.add(
            ConsoleMessage(
                debug_session_id=session.id,
                level=level,
                source="console",
                text=str(position),
                timestamp=at(position),
                offset_ms=float(position),
            )
        )
    store.flush()

    found = SessionEvidence.console(store, session.id, levels=("error", "warning"), limit=2)

    assert [line.text for line in found] == ["1", "3"]


def test_exchanges_are_had_whole_in_order_of_their_starts(store: Session) -> None:
    session = make_session(store, make_website(store))
    make_event(store, session, exchange_id="slow", started_ms=1.0, timestamp=at(1))
    make_event(store, session, exchange_id="quick", started_ms=2.0, timestamp=at(2))
    make_event(store, session, exchange_id="quick", started_ms=2.0, event_type=RESPONSE, timestamp=at(3))
    make_event(store, session, exchange_id="slow", started_ms=1.0, event_type=RESPONSE, timestamp=at(4))
    make_event(store, session, exchange_id=None, started_ms=None, timestamp=at(5))

    exchanges = [SessionEvidence.events(store, ids) for ids in SessionEvidence.event_ids(store, session.id)]

    assert [[event.exchange_id for event in events] for events in exchanges] == [[None], ["slow"] * 2, ["quick"] * 2]
