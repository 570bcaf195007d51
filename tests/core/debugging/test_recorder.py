"""The recorder writes in few batches and keeps pages up to date."""

from typing import Any

import pytest

from core.debugging.cdp.connection import CdpSession
from core.debugging.recorded_facts import Fact, FactKey
from core.debugging.recorder import STREAM_OPENS_MS, Recorder
from core.schemas.session_options import SessionOptions
from tests.core.debugging.session_parts import ORIGIN, StillAxis, make_target


def recording(**options: bool) -> tuple[Recorder, CdpSession, StillAxis]:
    axis = StillAxis()
    recorder = Recorder(SessionOptions(has_filmstrip=False, **options), axis, prepare=lambda _session: [])
    recorder.begin()
    return recorder, make_target(), axis


def asked(**more: Any) -> dict[str, Any]:
    request = {"url": "http://a.example/", "method": "GET", "headers": {}}
    return {"requestId": "7", "timestamp": ORIGIN, "wallTime": 0.0, "type": "Document", "request": request, **more}


def kinds(facts: list[Fact]) -> list[tuple[bool, bool]]:
    return [(fact.key.is_end, fact.is_new) for fact in facts]


async def test_a_request_is_written_immediately_and_its_raw_headers_with_the_response() -> None:
    recorder, page, axis = recording()

    recorder.on_event(page, "Network.requestWillBeSent", asked())
    first = recorder.take().facts
    axis.now = 100.0
    recorder.on_event(page, "Network.requestWillBeSentExtraInfo", {"requestId": "7", "headers": {"Host": "a.example"}})
    meanwhile, is_asked_again = recorder.take().facts, recorder.wakened.is_set()
    response = {"url": "http://a.example/", "status": 200, "headers": {}}
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.12, "response": response}
    )
    recorder.on_event(page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.13})
    at_the_end = recorder.take().facts
    await recorder.settle(0)

    assert kinds(first) == [(False, True)]
    assert (meanwhile, is_asked_again) == ([], True)
    assert kinds(at_the_end) == [(True, True), (False, False)]  # new events come first
    assert at_the_end[1].values["request_headers"] == {"Host": "a.example"}


async def test_a_response_hidden_from_the_page_has_the_status_of_the_wire() -> None:
    recorder, page, _axis = recording()
    on_wire = {"requestId": "7", "headers": {"Content-Type": "text/html"}, "statusCode": 404}
    refusal = {"requestId": "7", "timestamp": ORIGIN + 0.1, "errorText": "net::ERR_ABORTED"}

    recorder.on_event(page, "Network.requestWillBeSent", asked())
    recorder.on_event(page, "Network.responseReceivedExtraInfo", on_wire)
    recorder.on_event(page, "Network.loadingFailed", refusal)
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (end["status_code"], end["response_headers"]) == (404, {"Content-Type": "text/html"})
    assert end["error_message"] == "The response was 404, so the browser did not use it (ERR_ABORTED)."


async def test_a_pdf_is_one_request_although_the_browsers_viewer_opens_it_again() -> None:
    recorder, page, _axis = recording()
    viewer = make_target("iframe", "viewer")
    inside = {"requestId": "8", "loaderId": "9", "documentURL": "chrome-extension://viewer/index.html"}
    style = {"url": "chrome-extension://viewer/index.css", "method": "GET", "headers": {}}

    recorder.on_event(page, "Network.requestWillBeSent", asked())
    recorder.on_event(viewer, "Network.requestWillBeSent", asked(**inside, request=style))
    recorder.on_event(viewer, "Network.requestWillBeSent", asked(requestId="10", loaderId="10"))
    await recorder.settle(0)

    assert [record.request_id for record in recorder.records] == ["7"]


async def test_pictures_of_the_browsers_own_error_page_are_no_requests() -> None:
    recorder, page, _axis = recording(captures_data_urls=True)
    picture = {"url": "data:image/png;base64,AA==", "method": "GET", "headers": {}}

    recorder.on_event(page, "Network.requestWillBeSent", asked(requestId="8", request=picture))
    inside = {"loaderId": "1", "documentURL": "chrome-error://chromewebdata/", "type": "Image"}
    recorder.on_event(page, "Network.requestWillBeSent", asked(requestId="9", **inside, request=picture))
    await recorder.settle(0)

    assert [record.request_id for record in recorder.records] == ["8"]


async def test_a_preflight_begins_when_it_was_sent() -> None:
    recorder, page, _axis = recording()
    timing = {"requestTime": ORIGIN + 0.2, "sendStart": 1.0, "sendEnd": 2.0, "receiveHeadersEnd": 50.0}
    response = {"url": "http://a.example/", "status": 204, "headers": {}, "timing": timing}
    initiator = {"type": "preflight", "requestId": "6"}

    recorder.on_event(page, "Network.requestWillBeSent", asked(timestamp=ORIGIN + 0.3, initiator=initiator))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.3, "response": response}
    )
    recorder.on_event(page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.3})
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (end["started_ms"], end["duration_ms"]) == (200.0, 100.0)
    assert sum(end["phases"].values()) == pytest.approx(100.0)


async def test_a_refused_web_socket_has_a_status_and_begins_when_it_was_created() -> None:
    recorder, page, axis = recording()
    axis.now = 50.0
    handshake = {"requestId": "7", "timestamp": ORIGIN + 0.3, "wallTime": 0.0, "request": {"headers": {}}}
    message = "Error during WebSocket handshake: Unexpected response code: 403"

    recorder.on_event(page, "Network.webSocketCreated", {"requestId": "7", "url": "ws://a.example/"})
    recorder.on_event(page, "Network.webSocketWillSendHandshakeRequest", handshake)
    recorder.on_event(
        page, "Network.webSocketFrameError", {"requestId": "7", "timestamp": ORIGIN + 0.4, "errorMessage": message}
    )
    recorder.on_event(page, "Network.webSocketClosed", {"requestId": "7", "timestamp": ORIGIN + 0.4})
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (end["status_code"], end["started_ms"]) == (403, 50.0)
    assert end["error_message"] == f"The WebSocket failed: {message}."


async def test_a_web_sockets_handshake_is_timed_apart_from_its_open_time() -> None:
    recorder, page, axis = recording()
    axis.now = 50.0
    handshake = {"requestId": "7", "timestamp": ORIGIN + 0.1, "wallTime": 0.0, "request": {"headers": {}}}
    answer = {"status": 101, "statusText": "Switching Protocols", "headers": {}}

    recorder.on_event(page, "Network.webSocketCreated", {"requestId": "7", "url": "ws://a.example/"})
    recorder.on_event(page, "Network.webSocketWillSendHandshakeRequest", handshake)
    recorder.on_event(
        page,
        "Network.webSocketHandshakeResponseReceived",
        {"requestId": "7", "timestamp": ORIGIN + 0.13, "response": answer},
    )
    recorder.on_event(page, "Network.webSocketClosed", {"requestId": "7", "timestamp": ORIGIN + 0.63})
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    phases = {name: pytest.approx(ms) for name, ms in end["phases"].items() if ms}
    assert phases == {"waiting_ms": 80.0, "download_ms": 500.0}


@pytest.mark.parametrize(
    ("kind", "flows"),
    [
        ("Media", ("Network.dataReceived", {"dataLength": 9, "encodedDataLength": 9})),
        ("EventSource", ("Network.eventSourceMessageReceived", {"timestamp": ORIGIN + 9, "data": "x"})),
    ],
)
async def test_a_network_with_only_open_streams_is_idle(kind: str, flows: tuple[str, dict[str, Any]]) -> None:
    recorder, page, axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": {}}
    method, params = flows

    axis.now = 100.0
    recorder.on_event(page, "Network.requestWillBeSent", asked(type=kind))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    axis.now = 9_000.0
    recorder.on_event(page, method, {"requestId": "7", **params})
    await recorder.settle(0)

    assert (recorder.open_count, recorder.last_change_ms) == (0, 100.0)


@pytest.mark.parametrize(("kind", "waited_for"), [("EventSource", 1), ("Media", 0)])
async def test_a_stream_without_a_response_delays_idleness_for_a_moment(kind: str, waited_for: int) -> None:
    recorder, page, axis = recording()

    recorder.on_event(page, "Network.requestWillBeSent", asked(type=kind))
    at_first = recorder.open_count
    axis.now = STREAM_OPENS_MS
    later = recorder.open_count

    assert (at_first, later) == (waited_for, 0)


async def test_a_web_socket_that_cannot_connect_is_an_exchange() -> None:
    recorder, page, axis = recording()
    axis.now = 50.0
    message = "Error in connection establishment: net::ERR_CONNECTION_REFUSED"

    recorder.on_event(page, "Network.webSocketCreated", {"requestId": "7", "url": "ws://a.example/"})
    recorder.on_event(
        page, "Network.webSocketFrameError", {"requestId": "7", "timestamp": ORIGIN + 0.4, "errorMessage": message}
    )
    recorder.on_event(page, "Network.webSocketClosed", {"requestId": "7", "timestamp": ORIGIN + 0.4})
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (end["url"], end["resource_type"], end["event_type"]) == ("ws://a.example/", "websocket", "ERROR")
    assert (end["started_ms"], end["duration_ms"]) == (50.0, 350.0)
    assert end["error_message"] == "The connection was refused: nothing listens there (ERR_CONNECTION_REFUSED)."


@pytest.mark.parametrize(
    ("headers", "whole"),
    [
        ({}, 550),
        ({"Content-Encoding": "br", "Content-Length": "90"}, 240),
        ({"Content-Encoding": "br"}, 150),
        ({"Content-Encoding": "br", "Content-Length": "9" * 5_000}, 150),
    ],
    ids=["plain", "compressed", "compressed, without a length", "of a length that nothing has"],
)
async def test_the_body_of_a_workers_script_counts_as_transferred(headers: dict[str, str], whole: int) -> None:
    recorder, page, _axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": headers, "encodedDataLength": 150}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type="Script"))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.dataReceived", {"requestId": "7", "dataLength": 400, "encodedDataLength": 0})
    recorder.on_event(
        page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.2, "encodedDataLength": 150}
    )
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (end["encoded_bytes"], end["decoded_bytes"]) == (whole, 400)


@pytest.mark.parametrize(
    ("facts", "started_ms"),
    [
        ({"responseTime": 400.0}, 400.0),
        ({}, 900.0),
        ({"responseTime": 400.0, "fromDiskCache": True}, 900.0),
        ({"responseTime": 400.0, "timing": {"requestTime": ORIGIN + 0.3}}, 300.0),
        ({"responseTime": -86_400_000.0}, 0.0),
    ],
    ids=["response time", "unknown", "cached", "timed", "before the session"],
)
async def test_a_service_workers_script_begins_before_its_worker(facts: dict[str, Any], started_ms: float) -> None:
    recorder, _page, _axis = recording()
    response = {"url": "http://a.example/sw.js", "status": 200, "headers": {}} | facts
    answer = {"requestId": "7", "type": "Script", "timestamp": ORIGIN + 0.9, "response": response}

    recorder.on_event(make_target("service_worker"), "Network.responseReceived", answer)
    await recorder.settle(0)

    assert recorder.take().facts[0].values["started_ms"] == started_ms


async def test_a_script_from_the_cache_transferred_nothing() -> None:
    recorder, page, _axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": {}, "encodedDataLength": 150}
    fresh = {"requestId": "7", "statusCode": 304, "headers": {}, "blockedCookies": []}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type="Script"))
    recorder.on_event(page, "Network.responseReceivedExtraInfo", fresh)
    answer = {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response, "hasExtraInfo": True}
    recorder.on_event(page, "Network.responseReceived", answer)
    recorder.on_event(page, "Network.dataReceived", {"requestId": "7", "dataLength": 400, "encodedDataLength": 0})
    recorder.on_event(page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.2})
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (end["status_code"], end["encoded_bytes"]) == (304, 150)


@pytest.mark.parametrize(
    ("kind", "mime_type", "words"),
    [
        ("Media", "video/mp4", None),
        ("EventSource", "text/event-stream", None),
        ("EventSource", "text/html", "The response is text/html, not an event stream (ERR_ABORTED)."),
        ("Fetch", "text/x-component", None),
        ("Document", "text/html", "It was aborted by the page or the browser (ERR_ABORTED)."),
    ],
)
async def test_a_page_that_stops_reading_a_response_is_no_failure(kind: str, mime_type: str, words: str | None) -> None:
    recorder, page, _axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": {}, "mimeType": mime_type}
    end = {"requestId": "7", "timestamp": ORIGIN + 0.2, "canceled": True, "errorText": "net::ERR_ABORTED"}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type=kind))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.loadingFailed", end)
    await recorder.settle(0)

    values = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert (values["event_type"], values["duration_ms"]) == ("ERROR" if words else "RESPONSE", 200.0)
    assert values["error_message"] == words


@pytest.mark.parametrize(
    ("kind", "sent", "after_seconds", "outcome"),
    [
        ("Fetch", 1, 0.01, "RESPONSE"),
        ("Fetch", 2, 0.01, "ERROR"),
        ("Fetch", 1, 10.0, "ERROR"),
        ("Image", 1, 0.01, "ERROR"),
        ("Document", 1, 10.0, "ERROR"),
    ],
    ids=["not followed", "sent", "while it connects", "picture", "page"],
)
async def test_only_a_redirect_that_a_script_does_not_follow_is_no_failure(
    kind: str, sent: int, after_seconds: float, outcome: str
) -> None:
    recorder, page, _axis = recording()
    answer = {"url": "http://a.example/", "status": 302, "headers": {}}
    target = {"url": "http://a.example/next", "method": "GET", "headers": {}}
    hop = {"request": target, "redirectResponse": answer, "redirectHasExtraInfo": True, "timestamp": ORIGIN + 0.2}
    end = {"requestId": "7", "timestamp": ORIGIN + 0.2 + after_seconds, "canceled": True}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type=kind))
    for _ in range(sent):
        recorder.on_event(page, "Network.requestWillBeSentExtraInfo", {"requestId": "7", "headers": {}})
    recorder.on_event(page, "Network.requestWillBeSent", asked(type=kind) | hop)
    recorder.on_event(page, "Network.loadingFailed", end | {"errorText": "net::ERR_ABORTED"})
    await recorder.settle(0)

    values = next(fact.values for fact in recorder.take().facts if fact.key == FactKey("7-1", is_end=True))
    assert values["event_type"] == outcome
    assert ("not sent" in values["error_message"]) == (outcome == "RESPONSE")


async def test_a_long_url_is_kept_and_a_data_url_cut() -> None:
    recorder, page, _axis = recording(captures_data_urls=True)
    for number, url in enumerate((f"http://a.example/?{'q' * 20_000}", f"data:text/plain,{'d' * 20_000}")):
        request = {"url": url, "method": "GET", "headers": {}}
        recorder.on_event(page, "Network.requestWillBeSent", asked(request=request) | {"requestId": str(number)})
    await recorder.settle(0)

    assert sorted(len(fact.values["url"]) for fact in recorder.take().facts) == [8_192, 20_018]


async def test_a_response_that_a_browser_policy_blocks_has_failed() -> None:
    recorder, page, _axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": {}}
    refused = {"canceled": True, "errorText": "net::ERR_FAILED", "corsErrorStatus": {"corsError": "DisallowedByMode"}}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type="Fetch"))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.loadingFailed", {"requestId": "7", "timestamp": ORIGIN + 0.2, **refused})
    await recorder.settle(0)

    values = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert values["event_type"] == "ERROR"


async def test_the_messages_of_an_event_stream_are_counted_once() -> None:
    recorder, page, _axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": {}, "encodedDataLength": 150}
    message = {"eventName": "message", "eventId": "", "data": "x" * 200}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type="EventSource"))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.dataReceived", {"requestId": "7", "dataLength": 208, "encodedDataLength": 215})
    recorder.on_event(
        page, "Network.eventSourceMessageReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, **message}
    )
    recorder.on_event(page, "Network.loadingFailed", {"requestId": "7", "timestamp": ORIGIN + 0.2, "canceled": True})
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert end["encoded_bytes"] == 365


async def test_a_truncated_request_body_has_its_full_size() -> None:
    recorder, page, _axis = recording()
    sent = {"url": "http://a.example/", "method": "POST", "headers": {}, "postData": "x" * 70_000}
    response = {"url": "http://a.example/", "status": 200, "headers": {}}

    recorder.on_event(page, "Network.requestWillBeSent", asked(request=sent))
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.2})
    await recorder.settle(0)

    request, end = (fact.values for fact in recorder.take().facts)
    assert len(request["request_payload"]) == 65_536
    assert end["details"]["request_payload"]["size_bytes"] == 70_000


@pytest.mark.parametrize(("length", "told"), [("5288", {"size_bytes": 5_288}), ("7", None), ("9" * 400, None)])
async def test_a_request_body_without_its_files_has_its_full_size(length: str, told: dict[str, int] | None) -> None:
    recorder, page, _axis = recording()
    form = {"url": "http://a.example/", "method": "POST", "headers": {}, "postData": "--x\r\n\r\n"}
    response = {"url": "http://a.example/", "status": 200, "headers": {}}

    recorder.on_event(page, "Network.requestWillBeSent", asked(request=form))
    on_wire = {"requestId": "7", "headers": {"Content-Length": length}}
    recorder.on_event(page, "Network.requestWillBeSentExtraInfo", on_wire)
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.13})
    (end,) = [fact for fact in recorder.take().facts if fact.key.is_end]
    await recorder.settle(0)

    assert end.values.get("details", {}).get("request_payload") == told


async def test_received_bytes_count_if_the_final_event_reports_fewer() -> None:
    recorder, page, _axis = recording()
    response = {"url": "http://a.example/", "status": 200, "headers": {}, "encodedDataLength": 150}

    recorder.on_event(page, "Network.requestWillBeSent", asked())
    recorder.on_event(
        page, "Network.responseReceived", {"requestId": "7", "timestamp": ORIGIN + 0.1, "response": response}
    )
    recorder.on_event(page, "Network.dataReceived", {"requestId": "7", "dataLength": 40, "encodedDataLength": 40})
    recorder.on_event(
        page, "Network.loadingFinished", {"requestId": "7", "timestamp": ORIGIN + 0.2, "encodedDataLength": 0}
    )
    await recorder.settle(0)

    end = next(fact.values for fact in recorder.take().facts if fact.key.is_end)
    assert end["encoded_bytes"] == 190


@pytest.mark.parametrize(
    ("kind", "url", "count"),
    [("Document", "mailto:a@b.example", 0), ("Document", "about:srcdoc", 1), ("Script", "htps://a.example/app.js", 1)],
)
async def test_a_link_to_another_program_is_no_request(kind: str, url: str, count: int) -> None:
    recorder, page, _axis = recording()
    end = {"requestId": "7", "timestamp": ORIGIN + 0.2, "canceled": True, "errorText": "net::ERR_ABORTED"}

    recorder.on_event(page, "Network.requestWillBeSent", asked(type=kind, request={"url": url, "method": "GET"}))
    recorder.on_event(page, "Network.loadingFailed", end)

    assert (len(recorder.records), recorder.open_count) == (count, 0)


@pytest.mark.parametrize(("is_enabled", "words"), [(False, "scripts switched off"), (True, "Content-Security-Policy")])
async def test_a_script_blocked_by_disabled_javascript_is_no_csp_violation(is_enabled: bool, words: str) -> None:
    options = SessionOptions(has_filmstrip=False, is_javascript_enabled=is_enabled)
    _, page, axis = recording()
    recorder = Recorder(options, axis, prepare=lambda _session: [])
    recorder.begin()

    recorder.on_event(page, "Network.requestWillBeSent", asked(type="Script"))
    blocked = {"requestId": "7", "timestamp": ORIGIN + 0.2, "errorText": "", "blockedReason": "csp"}
    recorder.on_event(page, "Network.loadingFailed", blocked)

    assert words in (recorder.records[0].error_message or "")
