"""Many rows are stored like few, in each of the possible ways."""

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.clock import utc_now
from core.models import MonitorCheck, NetworkEvent, NetworkEventType
from core.schemas import MonitorCheckCreate
from core.services import MonitorCheckCRUD
from core.services.bulk import COPY_MIN_ROWS
from core.services.session_recording import RecordedBatch, SessionRecording
from tests.factories import at, make_session, make_website

NUMBERS = range(COPY_MIN_ROWS)


def test_a_batch_of_checks_is_stored_with_all_values(store: Session) -> None:
    website = make_website(store)
    full = {
        "http_status_code": 200, "response_time_ms": 12.5, "dns_time_ms": 0.1, "redirect_count": 0,
        "final_url": "https://a.example/ünï", "remote_address": "[::1]:443", "http_version": "h2",
        "body_bytes": 2**40, "due_at": at(1), "error_message": "tab\there, \\N and\nline",
    }  # fmt: skip
    given = [
        MonitorCheckCreate.model_validate(
            {"website_id": website.id, "status": "DOWN", "checked_at": at(number), **(full if number == 1 else {})}
        )
        for number in NUMBERS
    ]

    stored = MonitorCheckCRUD.insert_many(store, given)

    read = list(store.scalars(select(MonitorCheck).order_by(MonitorCheck.id)))
    assert [check.id for check in read] == [one.id for one in stored]
    assert [MonitorCheckCreate.model_validate(check, from_attributes=True) for check in read] == given
    assert all((utc_now() - check.created_at).total_seconds() < 60 for check in read)


def test_a_batch_of_events_is_stored_with_all_values(store: Session) -> None:
    session = make_session(store, make_website(store))
    headers = {"accept": '"*/*"\\\n\0', "☃": "ü"}
    events = [
        {"exchange_id": str(number), "event_type": NetworkEventType.REQUEST, "url": "https://a.example/", "method": how,
         "timestamp": at(number), "request_headers": headers, "is_connection_reused": number % 2 == 0}
        for number, how in zip(NUMBERS, ["GET", "PROPFIND"] * COPY_MIN_ROWS, strict=False)
    ]  # fmt: skip

    ids = SessionRecording.store(store, session.id, RecordedBatch(new_events=events))

    read = [store.get_one(NetworkEvent, event_id) for event_id in ids]
    assert [{name: getattr(one, name) for name in events[0]} for one in read] == events
    assert {one.debug_session_id for one in read} == {session.id}
    assert {one.response_headers for one in read if not one.response_headers} == {None}


def test_a_batch_with_a_slot_that_is_taken_is_refused_as_a_whole(store: Session) -> None:
    website = make_website(store)
    store.commit()
    twice = [
        MonitorCheckCreate.model_validate(
            {
                "website_id": website.id,
                "status": "UP",
                "checked_at": at(number),
                "due_at": at(max(number, 1)),
                "region": "eu",
            }
        )
        for number in NUMBERS
    ]

    with pytest.raises(IntegrityError):
        MonitorCheckCRUD.insert_many(store, twice)
    store.rollback()

    assert store.scalar(select(MonitorCheck.id).limit(1)) is None
