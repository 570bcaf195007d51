"""A debug session without a store gets the same findings as a stored one."""

from core.debugging.capture import Capture
from core.diagnosis.unstored import diagnose_capture
from core.models import ConsoleMessage, DebugSession, NetworkEvent, NetworkEventType
from tests.factories import NOON

URL = "http://127.0.0.1:8080/"


def captured(status: int, body: str) -> Capture:
    event = NetworkEvent(
        exchange_id="1",
        event_type=NetworkEventType.RESPONSE,
        url=URL,
        method="GET",
        resource_type="document",
        target="page",
        timestamp=NOON,
        status_code=status,
        mime_type="text/html",
        response_headers={"content-type": "text/html"},
        response_payload=body,
    )
    message = ConsoleMessage(level="error", source="exception", text="Error: no cart", timestamp=NOON, offset_ms=5.0)
    session = DebugSession(session_key="", url=URL, started_at=NOON, completed_at=NOON, success=status < 400)
    return Capture(session=session, events=[event], console=[message], artifacts=[])


def test_the_cause_of_a_failing_page_is_found() -> None:
    found = diagnose_capture(captured(500, "could not connect to server: Connection refused"), certificate_days=14)

    assert found[0].kind == "origin_error"
    assert "it cannot reach its database" in found[0].sentence


def test_errors_of_scripts_are_found_in_the_console() -> None:
    found = diagnose_capture(captured(200, "<h1>Shop</h1>"), certificate_days=14)

    assert any("no cart" in finding.sentence for finding in found)
