"""The recording of a debug session is read, on both databases."""

import pytest
from sqlalchemy.orm import Session

from core.models import (
    ArtifactKind,
    ConsoleMessage,
    NetworkEvent,
    NetworkEventType,
    SessionArtifact,
)
from core.services.session_evidence import SessionEvidence
from tests.conftest import Queries
from tests.core.services.recorded_session import make_recorded
from tests.factories import at, make_event, make_session, make_website

RESPONSE = NetworkEventType.RESPONSE


def test_rows_are_in_order_of_time_without_large_columns(store: Session) -> None:
    session = make_recorded(store)

    events = SessionEvidence.row_events(store, session.id)

    assert [event.exchange_id for event in events] == ["a.1", "a.1", "a.2", "a.2"]
    with pytest.raises(AttributeError):
        _ = events[0].request_payload


def test_only_short_text_bodies_are_read(store: Session) -> None:
    session = make_recorded(store)
    make_event(store, session, exchange_id="a.3", response_payload="AAAA", response_payload_encoding="base64")
    every = ["a.1", "a.2", "a.3"]

    assert SessionEvidence.text_bodies(store, session.id, every, max_length=100) == [
        ("a.2", "<p>a NEEDLE in a haystack</p>")
    ]
    assert SessionEvidence.text_bodies(store, session.id, every, max_length=10) == []
    assert SessionEvidence.sent_bodies(store, session.id, every, max_length=100) == [("a.1", '{"Needle": 1}')]


def test_rows_of_a_changed_event_include_its_whole_exchange(store: Session) -> None:
    session = make_recorded(store)
    last = SessionEvidence.row_events(store, session.id)[-1]

    events = SessionEvidence.row_events(store, session.id, {last.id})

    assert [event.exchange_id for event in events] == ["a.2", "a.2"]


def test_rows_take_one_query(store: Session, query_counter: Queries) -> None:
    session_id = make_recorded(store).id

    with query_counter.counted(store.get_bind().engine) as queries:
        SessionEvidence.row_events(store, session_id)

    assert len(queries) == 1


def test_pictures_are_listed_without_data_and_read_with_it(store: Session) -> None:
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


def test_events_of_another_session_are_not_changed(store: Session) -> None:
    session = make_recorded(store)
    other = make_session(store, make_website(store))
    foreign: NetworkEvent = make_event(store, other, exchange_id="a.1")

    assert SessionEvidence.row_events(store, session.id, {foreign.id}) == []


def test_console_messages_are_filtered_by_level(store: Session) -> None:
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


def test_exchanges_are_read_whole_in_order_of_their_start(store: Session) -> None:
    session = make_session(store, make_website(store))
    make_event(store, session, exchange_id="slow", started_ms=1.0, timestamp=at(1))
    make_event(store, session, exchange_id="quick", started_ms=2.0, timestamp=at(2))
    make_event(store, session, exchange_id="quick", started_ms=2.0, event_type=RESPONSE, timestamp=at(3))
    make_event(store, session, exchange_id="slow", started_ms=1.0, event_type=RESPONSE, timestamp=at(4))
    make_event(store, session, exchange_id=None, started_ms=None, timestamp=at(5))

    exchanges = [SessionEvidence.events(store, ids) for ids in SessionEvidence.event_ids(store, session.id)]

    assert [[event.exchange_id for event in events] for events in exchanges] == [[None], ["slow"] * 2, ["quick"] * 2]
