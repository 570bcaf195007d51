"""A job contains all options, and a stop request is repeated until the session ends."""

from sqlalchemy import Engine

from core import database, signals
from core.debugging.session_handover import job_of, stop_remote, target_of
from core.debugging.visit_target import VisitTarget
from core.models import DebugSession, DebugSessionState
from core.schemas.session_options import BasicAuth, SessionCookie, SessionOptions
from tests.core.debugging.conftest import add_website


def test_a_job_contains_all_options_including_secrets() -> None:
    options = SessionOptions(
        device="iPhone 15",
        extra_headers={"X-Api-Key": "secret"},
        cookies=[SessionCookie(name="sid", value="secret")],
        basic_auth=BasicAuth(username="ada", password="secret"),
        is_redacted=False,
    )

    target = VisitTarget(url="https://ada:secret@shop.example/", options=options)

    assert target_of(job_of(target)) == target


async def test_a_stop_request_is_repeated_until_the_worker_ends_the_session(store: Engine) -> None:
    website_id = add_website("http://localhost/")
    with database.session_scope() as db:
        session = DebugSession(session_key="1", website_id=website_id, state=DebugSessionState.RUNNING)
        db.add(session)
        db.flush()
        session_id = session.id
    asked: list[int] = []

    def be_asked(fact: signals.SessionStopRequested) -> None:
        asked.append(fact.session_id)
        if len(asked) == 2:
            with database.session_scope() as db:
                db.get_one(DebugSession, session_id).state = DebugSessionState.CANCELLED

    disconnect = signals.session_stop_requested.connect(be_asked)
    is_over = await stop_remote(session_id, timeout=5, retry_seconds=0.01)
    disconnect()

    assert is_over
    assert asked == [session_id, session_id]
