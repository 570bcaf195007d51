"""Many network events are stored, updated and found by time."""

from sqlalchemy.orm import Session

from core.models import NetworkEventType
from core.schemas import NetworkEventCreate
from core.schemas.network_event import NetworkEventUpdate
from core.services import NetworkEventCRUD
from tests.conftest import Queries
from tests.factories import at, make_event, make_session, make_website


def _created(session_id: int, seconds: float, **overrides: object) -> NetworkEventCreate:
    given = {
        "debug_session_id": session_id,
        "event_type": "REQUEST",
        "url": f"https://x.example/{seconds}",
        "timestamp": at(seconds),
    }
    return NetworkEventCreate.model_validate(given | overrides)


def test_a_bulk_insert_keeps_the_order_and_takes_few_statements(store: Session, query_counter: Queries) -> None:
    session = make_session(store, make_website(store))

    with query_counter.counted(store.get_bind().engine) as queries:
        events = NetworkEventCRUD.bulk_create(store, [_created(session.id, -number) for number in range(100)])

    assert [event.timestamp for event in events] == [at(-number) for number in range(100)]
    assert len({event.id for event in events}) == 100
    assert len(queries) <= 4
    assert NetworkEventCRUD.get_by_session(store, session.id, limit=3) == (events[:-4:-1], 100)


def test_a_bulk_insert_of_no_rows_stores_nothing(store: Session, query_counter: Queries) -> None:
    with query_counter.counted(store.get_bind().engine) as queries:
        assert NetworkEventCRUD.bulk_create(store, []) == []

    assert len(queries) == 0


def test_events_are_listed_by_time_and_by_type(store: Session) -> None:
    session = make_session(store, make_website(store))
    second = make_event(store, session, timestamp=at(2))
    first = make_event(store, session, timestamp=at(1), event_type=NetworkEventType.ERROR)
    make_event(store, make_session(store, make_website(store)))

    assert NetworkEventCRUD.get_by_session(store, session.id) == ([first, second], 2)
    assert NetworkEventCRUD.get_by_session(store, session.id, event_type=NetworkEventType.ERROR) == ([first], 1)


def test_a_time_range_includes_both_ends(store: Session) -> None:
    session = make_session(store, make_website(store))
    events = NetworkEventCRUD.bulk_create(store, [_created(session.id, second) for second in range(6)])

    assert NetworkEventCRUD.get_by_time_range(store, session.id, at(1), at(3)) == (events[1:4], 3)
    naive = (at(4).replace(tzinfo=None), at(9).replace(tzinfo=None))
    assert NetworkEventCRUD.get_by_time_range(store, session.id, *naive, skip=1) == (events[5:], 2)


def test_an_exchange_is_found_and_completed(store: Session) -> None:
    session = make_session(store, make_website(store))
    request = make_event(store, session, exchange_id="7")
    answer = make_event(store, session, exchange_id="7", event_type=NetworkEventType.RESPONSE, timestamp=at(1))
    make_event(store, session, exchange_id="8")

    assert NetworkEventCRUD.get_by_exchange(store, session.id, "7") == [request, answer]

    NetworkEventCRUD.update(store, answer.id, NetworkEventUpdate(duration_ms=12.5, status_code=200))
    assert (answer.duration_ms, answer.status_code, answer.exchange_id) == (12.5, 200, "7")
    assert NetworkEventCRUD.update(store, 4711, NetworkEventUpdate(status_code=200)) is None


def test_a_deleted_event_is_gone(store: Session) -> None:
    event = make_event(store, make_session(store, make_website(store)))

    assert NetworkEventCRUD.delete(store, event.id) is True
    assert NetworkEventCRUD.delete(store, event.id) is False
    assert NetworkEventCRUD.get_by_id(store, event.id) is None


def test_open_websockets_are_returned(store: Session) -> None:
    session = make_session(store, make_website(store))
    for name, details in {
        "open": {"messages": [], "is_unfinished": True},
        "closed": {"messages": []},
        "new": None,
    }.items():
        given = {"exchange_id": name, "resource_type": "websocket"}
        make_event(store, session, **given)
        make_event(store, session, event_type=NetworkEventType.RESPONSE, details=details, **given)
    make_event(store, session, exchange_id="call", resource_type="fetch", details={"is_unfinished": True})

    assert NetworkEventCRUD.open_sockets(store, session.id) == ["open"]


def test_rejected_cookies_are_returned(store: Session) -> None:
    session = make_session(store, make_website(store))
    refused = [{"name": "seat", "blocked": ["SameSiteNoneInsecure"]}]
    for name, details in {"refused": {"blocked_cookies": refused}, "taken": {"charset": "utf-8"}, "bare": None}.items():
        make_event(store, session, exchange_id=name, details=details)

    found = NetworkEventCRUD.blocked_cookies(store, session.id, ["refused", "taken", "bare", "missing"])

    assert found == [("refused", refused)]
