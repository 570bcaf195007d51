"""Requests end with their page, frame or worker, even if the browser does not report it."""

from typing import Any

import orjson
import pytest

from core.debugging.cdp.connection import CdpConnection, CdpSession, TargetInfo
from core.debugging.failures import UNFINISHED
from core.debugging.recorder import Recorder
from core.models import Interruption, NetworkEventType
from core.schemas.session_options import SessionOptions
from tests.core.debugging.session_parts import ORIGIN, StillAxis, make_target


class _Visit:
    """Return a recorder with one page whose first document is ``1``."""

    def __init__(self) -> None:
        self.axis = StillAxis()
        self.recorder = Recorder(SessionOptions(has_filmstrip=False), self.axis, prepare=lambda _session: [])
        self.recorder.begin()
        self.page = self.target("page")

    def target(self, kind: str) -> CdpSession:
        return make_target(kind, "main")

    def ask(self, request_id: str, loader_id: str = "1", session: CdpSession | None = None, **more: Any) -> None:
        request = {"url": f"http://a.example/{request_id}", "method": "GET", "headers": {}}
        params = {"requestId": request_id, "timestamp": ORIGIN, "wallTime": 0.0, "type": "Fetch", "request": request}
        about = {"loaderId": loader_id, "frameId": "main"} | more
        self.recorder.on_event(session or self.page, "Network.requestWillBeSent", params | about)

    def answer(self, request_id: str, **more: Any) -> None:
        response = {"url": "", "status": 200, "headers": {}} | more
        params = {"requestId": request_id, "timestamp": ORIGIN + 0.1, "response": response}
        self.recorder.on_event(self.page, "Network.responseReceived", params)

    def navigate(self, loader_id: str, at_ms: float) -> None:
        self.axis.now = at_ms
        self.recorder.on_event(self.page, "Page.frameNavigated", {"frame": {"id": "main", "loaderId": loader_id}})

    async def ends(self, at_ms: float = 9_000.0, *, reason: str | None = None) -> dict[str, dict[str, Any]]:
        """Return how each request ended, by id, in a session that ended at *at_ms*."""
        self.recorder.close_open(at_ms, reason=reason)
        self.recorder.end()
        await self.recorder.settle(0)
        return {fact.values["exchange_id"]: fact.values for fact in self.recorder.take().facts if fact.key.is_end}


async def test_a_navigation_ends_the_requests_of_the_previous_document() -> None:
    visit = _Visit()
    visit.ask("unanswered")
    visit.ask("answered")
    visit.answer("answered")
    visit.ask("2", loader_id="2")

    visit.navigate("2", at_ms=400.0)
    waited_for = visit.recorder.open_count
    ends = await visit.ends()

    assert waited_for == 1  # only the new document
    assert "2" not in ends
    assert (ends["unanswered"]["event_type"], ends["unanswered"]["duration_ms"]) == (NetworkEventType.ERROR, 400.0)
    assert "was left" in ends["unanswered"]["error_message"]
    assert (ends["unanswered"]["interruption"], ends["answered"]["interruption"]) == (Interruption.NAVIGATION, None)
    assert (ends["answered"]["event_type"], ends["answered"]["duration_ms"]) == (NetworkEventType.RESPONSE, 400.0)


async def test_a_navigation_ends_a_document_that_is_still_loading() -> None:
    visit = _Visit()
    visit.ask("1")
    visit.answer("1")

    visit.navigate("1", at_ms=150.0)
    visit.navigate("2", at_ms=400.0)
    ends = await visit.ends()

    assert ends["1"]["duration_ms"] == 400.0


@pytest.mark.parametrize(("reason", "duration_ms"), [("remove", 300.0), ("swap", 9_000.0)])
async def test_a_removed_frame_ends_its_requests_and_a_swapped_one_does_not(reason: str, duration_ms: float) -> None:
    visit = _Visit()
    visit.ask("in-frame", frameId="inner")
    visit.answer("in-frame")

    visit.axis.now = 300.0
    visit.recorder.on_event(visit.page, "Page.frameDetached", {"frameId": "inner", "reason": reason})
    ends = await visit.ends()

    assert ends["in-frame"]["duration_ms"] == duration_ms


async def test_a_document_is_complete_when_its_frame_stops_loading() -> None:
    visit = _Visit()
    visit.ask("1")
    visit.ask("transform", type="Stylesheet")
    visit.ask("data")
    visit.ask("unanswered", loader_id="unanswered")
    visit.answer("1")
    visit.answer("transform", mimeType="text/xsl")
    visit.answer("data", mimeType="application/json")

    visit.axis.now = 300.0
    visit.recorder.on_event(visit.page, "Page.frameStoppedLoading", {"frameId": "main"})
    waited_for = visit.recorder.open_count
    ends = await visit.ends()

    assert waited_for == 2  # the response that a script reads, and the next document
    assert (ends["1"]["event_type"], ends["1"]["duration_ms"]) == (NetworkEventType.RESPONSE, 300.0)
    assert ends["transform"]["duration_ms"] == 300.0
    assert ends["data"]["duration_ms"] == 9_000.0
    assert "unanswered" not in ends


async def test_the_end_of_a_worker_ends_its_requests() -> None:
    visit = _Visit()
    worker = visit.target("worker")
    visit.ask("from-worker", session=worker)
    visit.ask("from-page")

    visit.axis.now = 300.0
    visit.recorder.on_closed(worker)
    ends = await visit.ends()

    assert list(ends) == ["from-worker"]
    assert ends["from-worker"]["duration_ms"] == 300.0


async def test_an_incomplete_response_at_the_sessions_end_says_so() -> None:
    visit = _Visit()
    for request_id, kind in {"call": "Fetch", "feed": "EventSource"}.items():
        visit.ask(request_id, type=kind)
        visit.answer(request_id, mimeType="text/event-stream")

    ends = await visit.ends()

    assert (ends["call"]["event_type"], ends["call"]["error_message"]) == (NetworkEventType.RESPONSE, UNFINISHED)
    assert ends["call"]["interruption"] is Interruption.SESSION_END
    assert (ends["feed"]["error_message"], ends["feed"]["interruption"]) == (None, None)


async def test_a_partly_received_script_keeps_its_status() -> None:
    visit = _Visit()
    visit.ask("script", type="Script")
    visit.ask("unanswered", type="Script")
    on_wire = {"requestId": "script", "headers": {}, "statusCode": 200}
    visit.recorder.on_event(visit.page, "Network.responseReceivedExtraInfo", on_wire)

    ends = await visit.ends(reason="No answer came.")

    assert (ends["script"]["status_code"], ends["script"]["error_message"]) == (200, UNFINISHED)
    assert ends["script"]["event_type"] is NetworkEventType.TIMEOUT
    assert (ends["script"]["interruption"], ends["unanswered"]["interruption"]) == (Interruption.SESSION_END, None)
    assert (ends["unanswered"]["status_code"], ends["unanswered"]["error_message"]) == (None, "No answer came.")


async def test_the_body_of_a_response_is_fetched_although_its_page_was_left() -> None:
    visit, asked = _Visit(), list[bytes]()
    visit.page = CdpSession(CdpConnection(asked.append), "page", TargetInfo(id="main", type="page"))
    visit.ask("answered")
    visit.ask("unanswered")
    visit.answer("answered")

    visit.navigate("2", at_ms=400.0)
    visit.recorder.close_open(9_000.0, reason=None)
    await visit.recorder.settle(0.05)

    assert [orjson.loads(message)["params"] for message in asked] == [{"requestId": "answered"}]
