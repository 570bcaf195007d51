"""A stored session to read."""

from sqlalchemy.orm import Session

from core.models import DebugSession, NetworkEventType
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
