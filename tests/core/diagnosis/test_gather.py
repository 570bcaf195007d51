"""What is read of a session from the store, and of what nothing is known."""

from sqlalchemy.orm import Session

from core.diagnosis.gather import session_fact
from core.models import NetworkEventType
from tests.factories import make_event, make_session, make_website


def test_of_an_answer_that_is_kept_in_part_nobody_knows_whether_it_is_json(store: Session) -> None:
    session = make_session(store, make_website(store))
    bodies = {"whole": '{"items": []}', "prefixed": ")]}' []", "cut": '{"items": [', "none": None}
    for name, body in bodies.items():
        kind = {"exchange_id": name, "resource_type": "fetch", "mime_type": "application/json"}
        make_event(store, session, event_type=NetworkEventType.REQUEST, **kind)
        make_event(
            store,
            session,
            event_type=NetworkEventType.RESPONSE,
            status_code=200,
            response_payload=body,
            is_response_payload_truncated=name == "cut",
            **kind,
        )

    fact = session_fact(store, session)

    assert (fact.json, fact.invalid_json) == ({"whole"}, {"prefixed": ")]}' []"})
