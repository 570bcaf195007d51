"""Anything that a page can put into a recording is stored on both databases, byte for byte where needed."""

from typing import Any

from sqlalchemy.orm import Session

from core.models import NetworkEvent, NetworkEventType
from core.services.session_recording import RecordedBatch, SessionRecording
from tests.factories import at, make_session, make_website

STOMP = {"direction": "sent", "opcode": 1, "payload": "CONNECT\n\n\0", "size_bytes": 10, "offset_ms": 1.0}


def test_a_frame_that_ends_with_a_nul_is_stored_unchanged(store: Session) -> None:
    session = make_session(store, make_website(store))
    event = {
        "exchange_id": "1",
        "event_type": NetworkEventType.RESPONSE,
        "url": "ws://a.example/",
        "method": "GET",
        "timestamp": at(0),
        "details": {"messages": [STOMP]},
    }

    (event_id,) = SessionRecording.store(store, session.id, RecordedBatch(new_events=[event]))
    store.expire_all()

    stored = store.get_one(NetworkEvent, event_id).details
    assert stored is not None
    assert stored["messages"] == [STOMP]


def test_a_completed_event_stays_in_its_month(store: Session) -> None:
    session = make_session(store, make_website(store))
    event = {
        "exchange_id": "1",
        "event_type": NetworkEventType.REQUEST,
        "url": "https://a.example/",
        "timestamp": at(0),
    }
    (event_id,) = SessionRecording.store(store, session.id, RecordedBatch(new_events=[event]))

    changes: list[dict[str, Any]] = [
        {"id": event_id, "status_code": 200},
        {"id": event_id, "mime_type": "text/html", "initiator": None},
    ]
    SessionRecording.store(store, session.id, RecordedBatch(changed_events=changes))
    store.expire_all()

    stored = store.get_one(NetworkEvent, event_id)
    assert (stored.status_code, stored.mime_type, stored.month) == (200, "text/html", None)
