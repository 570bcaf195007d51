"""A request that only waits for a connection has not failed itself."""

from typing import Any

from core.debugging.waterfall import Exchange
from core.diagnosis.diagnose import diagnose
from core.diagnosis.kinds import Kind
from core.diagnosis.waiting_requests import waiting_for_connection
from core.models import NetworkEventType
from tests.core.diagnosis.facts import evidence, exchange, session


def hanging(path: str, kind: str = "image", **more: Any) -> Exchange:
    return exchange(path, kind, status_code=None, outcome=NetworkEventType.TIMEOUT, duration_ms=60_000.0, **more)


PICTURES = [hanging(f"/{each}.jpg") for each in range(6)]
CALL = hanging("/api/items", "fetch")


def test_a_request_behind_six_others_to_its_server_waits() -> None:
    assert waiting_for_connection(session(*PICTURES, CALL)) == {"/api/items"}
    assert (
        waiting_for_connection(session(*PICTURES[1:], CALL))
        == waiting_for_connection(session(CALL, *PICTURES[1:]))
        == frozenset()
    )
    assert waiting_for_connection(session(*PICTURES, hanging("https://api.example/items", "fetch"))) == frozenset()
    assert waiting_for_connection(session(exchange("/a.js", protocol="h2"), *PICTURES, CALL)) == frozenset()


def test_the_cause_is_what_holds_the_connections_and_not_what_waits() -> None:
    good = session(*[exchange(f"/{each}.jpg", "image") for each in range(6)], exchange("/api/items", "fetch"))

    first, *_rest = diagnose(evidence(session=session(*PICTURES, CALL), good_session=good))

    assert (first.kind, "6 of the page's 6 pictures fail" in first.sentence) == (Kind.RESOURCE_FAILED, True)
