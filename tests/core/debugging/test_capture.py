"""A real browser's visit is recorded; the access log of the visited site is the reference."""

import asyncio
import base64
import hashlib
from collections import Counter
from urllib.parse import urlsplit

import pytest

from core.debugging.capture import Capture
from core.debugging.cdp.page import MAX_DOCUMENTS
from core.debugging.waterfall import rows
from core.models import DebugSessionState, NetworkEvent, NetworkEventType
from core.schemas.session_options import BasicAuth, SessionOptions
from tests.core.debugging.busy_site import LARGE_PIECES, PACKED, BusySite, busy_site, large_piece, without_update_checks
from tests.core.debugging.warm_browser import WarmBrowser
from tests.sites.site import serve_site

NO_PICTURES = SessionOptions(has_screenshots=False, has_filmstrip=False)


def reached(events: list[NetworkEvent], site: BusySite) -> Counter[str]:
    """Return the recorded requests to *site*, in the format of its log."""
    lines = []
    for event in events:
        parts = urlsplit(event.url)
        if event.event_type == NetworkEventType.REQUEST and parts.port in site.ports:
            lines.append(f"{event.method} {parts.path}{f'?{parts.query}' if parts.query else ''}")
    return without_update_checks(lines)


def one(captured: Capture, path: str, kind: NetworkEventType = NetworkEventType.RESPONSE) -> NetworkEvent:
    (found,) = [event for event in captured.events if urlsplit(event.url).path == path and event.event_type == kind]
    return found


@pytest.fixture(scope="module")
def visited(warm: WarmBrowser) -> tuple[Capture, BusySite]:
    async def visit() -> tuple[Capture, BusySite]:
        async with busy_site() as site:
            return await warm.capture(f"{site.url}/", NO_PICTURES), site

    return asyncio.run(visit())


@pytest.fixture
def busy(visited: tuple[Capture, BusySite]) -> Capture:
    return visited[0]


async def test_every_request_in_the_servers_log_is_recorded_once(site: BusySite, warm: WarmBrowser) -> None:
    for _ in range(2):  # a late recorder misses requests of workers and popups
        site.log.clear()

        captured = await warm.capture(f"{site.url}/", NO_PICTURES)

        assert len(site.log) > 25
        for held in (
            "/in-popup.png?hidden-popup",
            "/after-worklet",
        ):  # requests of a window without an opener, and after a worklet is ready
            assert f"GET {held}" in site.log
        assert reached(captured.events, site) == site.counted


def test_everything_about_one_exchange_is_recorded(visited: tuple[Capture, BusySite]) -> None:
    busy, site = visited
    request = next(event for event in busy.events if event.event_type == "REQUEST" and event.method == "PUT")
    preflight, answer = sorted(
        (event for event in busy.events if event.event_type == "RESPONSE" and urlsplit(event.url).path == "/api"),
        key=lambda event: event.method != "OPTIONS",
    )

    assert preflight.preflight_for == answer.exchange_id
    assert (request.method, request.request_payload) == ("PUT", '{"a": 1}')
    assert request.request_headers is not None
    assert request.request_headers["Host"] == f"127.0.0.1:{site.ports[1]}"  # only the raw headers contain it
    assert request.initiator is not None
    assert request.initiator["type"] == "script"
    assert (answer.status_code, answer.protocol, answer.response_payload) == (200, "http/1.1", '{"ok": true}')
    assert answer.remote_address == f"127.0.0.1:{site.ports[1]}"
    assert answer.connection_id
    assert answer.duration_ms is not None
    assert sum((answer.phases or {}).values()) == pytest.approx(answer.duration_ms, abs=0.1)


def test_each_hop_of_a_redirect_is_an_exchange_with_its_own_headers(busy: Capture) -> None:
    hops = [event for event in busy.events if event.event_type == "REDIRECT"]
    arrived = one(busy, "/hop/0")

    assert [urlsplit(event.url).path for event in hops] == ["/hop/3", "/hop/2", "/hop/1"]
    assert [(event.response_headers or {})["X-Hop"] for event in hops] == ["3", "2", "1"]
    assert arrived.redirected_from == hops[2].exchange_id
    assert len({event.exchange_id for event in [*hops, arrived]}) == 4


def test_targets_are_distinguished(busy: Capture) -> None:
    targets = {urlsplit(event.url).path: event.target for event in busy.events}

    assert targets["/from-worker"] == targets["/from-nested-worker"] == targets["/from-frame-worker"] == "worker"
    assert targets["/from-shared-worker"] == "shared_worker"
    assert targets["/from-service-worker"] == "service_worker"
    assert targets["/from-frame"] == "iframe"
    assert targets["/in-popup.png"] == "popup"


def test_what_a_worker_imports_is_a_script(busy: Capture) -> None:
    assert one(busy, "/imported.js").resource_type == "script"


def test_an_unknown_method_is_recorded_by_name(busy: Capture) -> None:
    assert one(busy, "/odd").method == "PROPFIND"


def test_a_failure_comes_with_the_browsers_reason(busy: Capture) -> None:
    refused = next(event for event in busy.events if event.event_type == "ERROR" and ":1/" in event.url)
    blocked = next(event for event in busy.events if event.event_type == "ERROR" and "/closed" in event.url)

    assert "browsers refuse this port" in (refused.error_message or "").lower()
    assert (blocked.error_message or "").startswith("Blocked by CORS: the response has no Access-Control-Allow-Origin")


def test_messages_of_streams_are_recorded(busy: Capture) -> None:
    socket, stream = one(busy, "/socket"), one(busy, "/events")

    frames = (socket.details or {})["messages"]
    assert socket.status_code == 101
    assert [(frame["direction"], frame["payload"]) for frame in frames] == [
        ("sent", "hello"),
        ("received", "echo hello"),
    ]
    (message,) = (stream.details or {})["messages"]
    assert (message["event"], message["id"], message["payload"]) == ("tick", "7", "one")


def test_console_messages_and_uncaught_errors_have_a_position(busy: Capture) -> None:
    warning = next(message for message in busy.console if message.level == "warning")
    thrown = next(message for message in busy.console if message.source == "exception")

    assert warning.text == "careful {n: 1}"
    assert "undefinedThing is not defined" in thrown.text
    assert thrown.line_number is not None
    assert thrown.line_number > 1


def test_the_events_fold_into_exchanges(busy: Capture) -> None:
    exchanges = rows(busy.events)

    assert len(exchanges) == busy.session.request_count
    assert exchanges[0].resource_type == "document"
    assert all(exchange.started_ms >= 0 for exchange in exchanges)


def test_a_good_page_is_a_success_with_milestones(busy: Capture) -> None:
    assert (busy.session.state, busy.session.success, busy.session.title) == ("COMPLETED", True, "Busy")
    assert busy.session.milestones is not None
    assert 0 < busy.session.milestones["time_to_first_byte"] < busy.session.milestones["dom_content_loaded"]
    assert busy.session.milestones["dom_content_loaded"] <= busy.session.milestones["load"]


async def test_a_document_with_an_error_status_is_no_success(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/broken", NO_PICTURES)

    assert captured.session.state == DebugSessionState.COMPLETED
    assert captured.session.success is False
    assert captured.session.error_message == "The document returned 503 Service Unavailable."


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/leads-on", "The page navigated to {url}/broken. It returned 503 Service Unavailable."),
        ("/leads-nowhere", "The page navigated to http://127.0.0.1:1111/. The connection was refused"),
        ("/leads-to-a-file", None),
        ("/stops", None),
        ("/hangs", "A script keeps the page busy"),
        ("/reloads", "The page kept opening new documents. The session ended after 25 of them."),
        ("/no-content", "The page could not be opened: The response was 204, which means no content"),
    ],
)
async def test_a_page_that_leads_to_a_failing_one_is_no_success(
    site: BusySite, warm: WarmBrowser, path: str, reason: str | None
) -> None:
    captured = await warm.capture(f"{site.url}{path}", NO_PICTURES)

    assert captured.session.success is (reason is None)
    assert (captured.session.error_message or "").startswith((reason or "").format(url=site.url))


async def test_a_page_that_reloads_itself_endlessly_is_left(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/refreshes", SessionOptions(has_filmstrip=False))

    documents = [row for row in rows(captured.events) if row.resource_type == "document"]
    assert MAX_DOCUMENTS < len(documents) < MAX_DOCUMENTS * 2


async def test_a_frames_document_is_distinguished_from_the_pages(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/asks-for-locked", NO_PICTURES)

    documents = [row for row in rows(captured.events) if row.resource_type == "document"]
    assert [(urlsplit(row.url).path, row.target) for row in documents] == [
        ("/asks-for-locked", "page"),
        ("/locked", "iframe"),
    ]


async def test_a_session_waits_for_scripts_that_compute_before_they_ask(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/computes", NO_PICTURES)

    assert one(captured, "/later.png").status_code == 200


async def test_an_unreachable_page_gives_the_reason(warm: WarmBrowser, unused_tcp_port: int) -> None:
    captured = await warm.capture(f"http://127.0.0.1:{unused_tcp_port}/", NO_PICTURES)

    assert captured.session.state == DebugSessionState.FAILED
    assert "nothing listens there (ERR_CONNECTION_REFUSED)" in (captured.session.error_message or "")
    assert captured.session.milestones == {}  # those of the browser's own error page are not the website's


async def test_a_server_that_never_answers_is_not_reported_as_a_busy_script(site: BusySite, warm: WarmBrowser) -> None:
    options = NO_PICTURES.model_copy(update={"time_limit_seconds": 1.0})

    captured = await warm.capture(f"{site.url}/never", options)

    assert captured.session.error_message == "The page had not loaded after 1 s."


async def test_a_page_that_does_not_load_in_time_times_out(site: BusySite, warm: WarmBrowser) -> None:
    options = NO_PICTURES.model_copy(update={"time_limit_seconds": 1.5})

    captured = await warm.capture(f"{site.url}/slow", options)

    assert captured.session.state == DebugSessionState.TIMED_OUT
    assert one(captured, "/quick.png").status_code == 200
    assert "No response arrived" in (one(captured, "/never", NetworkEventType.TIMEOUT).error_message or "")


async def test_every_feature_of_a_site_of_three_origins_is_recorded(warm: WarmBrowser) -> None:
    options = NO_PICTURES.model_copy(update={"ignore_certificate_errors": True})
    with serve_site() as big:
        captured = await warm.capture(f"{big.url}/", options)
        origins = {"main": big.url, "other": big.other_url, "secure": big.secure_url}
        # Chromium's network service repeats a request by itself if a reused connection is cut; pages do not notice.
        arrived = {(entry.method, origins[entry.origin] + entry.target) for entry in big.log}

    recorded = {
        (str(event.method), event.url.partition("#")[0].replace("ws://", "http://"))
        for event in captured.events
        if event.event_type == NetworkEventType.REQUEST
    }
    assert len(arrived) > 50
    assert arrived - recorded == set()


async def test_dialogs_are_dismissed_and_downloads_noted(warm: WarmBrowser) -> None:
    with serve_site() as big:
        dialogs = await warm.capture(big.page("dialogs"), NO_PICTURES)
        download = await warm.capture(f"{big.url}/download", NO_PICTURES)

    assert any("opened a dialog (confirm)" in message.text for message in dialogs.console)
    assert any("after-dialogs" in event.url for event in dialogs.events)
    assert download.session.error_message == "The URL returned a download, not a page."
    assert one(download, "/download", NetworkEventType.ERROR).status_code == 200


async def test_a_script_that_stops_reading_a_response_is_no_failure(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/reads-a-part", NO_PICTURES)

    answer = one(captured, "/events")
    assert (answer.status_code, captured.session.failed_count) == (200, 0)
    assert "read only a part of the body" in (answer.details or {})["body_missing"]


async def test_text_in_an_encoding_of_its_own_is_stored_as_text(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/latin", NO_PICTURES)

    assert one(captured, "/latin").response_payload == "<meta charset=iso-8859-1><h1>Schöne Lampen</h1>"


async def test_the_bytes_of_a_compressed_workers_script_are_those_on_the_wire(
    site: BusySite, warm: WarmBrowser
) -> None:
    captured = await warm.capture(f"{site.url}/packed-page", NO_PICTURES)

    script = one(captured, "/packed.js")
    assert (script.decoded_bytes, script.resource_type) == (10_000, "script")
    assert len(PACKED) < (script.encoded_bytes or 0) < len(PACKED) + 400


async def test_a_large_body_is_stored_as_beginning_size_and_hash(site: BusySite, warm: WarmBrowser) -> None:
    whole = b"".join(map(large_piece, range(LARGE_PIECES)))

    captured = await warm.capture(f"{site.url}/large-page", NO_PICTURES)

    answer = one(captured, "/large")
    assert answer.decoded_bytes == len(whole)
    assert answer.response_payload_sha256 == hashlib.sha256(whole).hexdigest()
    assert answer.is_response_payload_truncated
    assert base64.b64decode(answer.response_payload or "") == whole[: NO_PICTURES.payload_limit_bytes]


async def test_exchanges_over_the_limit_are_counted_and_not_stored(site: BusySite, warm: WarmBrowser) -> None:
    options = NO_PICTURES.model_copy(update={"max_exchanges": 5})

    captured = await warm.capture(f"{site.url}/", options)

    assert len(rows(captured.events)) == 5
    assert captured.session.dropped_count is not None
    assert captured.session.dropped_count > 15
    assert captured.session.request_count == 5 + captured.session.dropped_count
    assert any("limit is reached" in message.text for message in captured.console)


async def test_options_reach_the_server_and_the_page(site: BusySite, warm: WarmBrowser) -> None:
    options = SessionOptions.model_validate(
        {
            "device": "iPhone 15",
            "locale": "de-DE",
            "timezone": "Asia/Tokyo",
            "extra_headers": {"X-Own": "1"},
            "cookies": [{"name": "seen", "value": "yes"}],
            "block_patterns": ["*picture.png"],
            "has_filmstrip": False,
            "is_redacted": False,
        }
    )

    captured = await warm.capture(f"{site.url}/", options)

    headers = captured.events[0].request_headers or {}
    assert "iPhone" in headers["User-Agent"]
    assert headers["Accept-Language"].startswith("de-DE")
    assert (headers["X-Own"], headers["Cookie"]) == ("1", "seen=yes")
    assert "GET /picture.png" not in site.log
    blocked = one(captured, "/picture.png", NetworkEventType.ERROR)
    assert blocked.error_message == "Blocked: a block pattern of this session matches it (inspector)."


async def test_a_slow_network_makes_a_page_slow(site: BusySite, warm: WarmBrowser) -> None:
    options = NO_PICTURES.model_copy(update={"network_profile": "slow-4g"})

    captured = await warm.capture(f"{site.url}/plain", options)

    assert (one(captured, "/plain").duration_ms or 0) > 500  # the profile's latency alone is 562 ms


async def test_a_subresource_that_requires_sign_in_gets_401_and_blocks_nothing(
    site: BusySite, warm: WarmBrowser
) -> None:
    captured = await warm.capture(f"{site.url}/asks-for-locked", NO_PICTURES)

    assert captured.session.success
    locked = [event.status_code for event in captured.events if event.url.endswith("/locked") and event.status_code]
    assert locked == [401, 401, 401]


async def test_an_incomplete_document_ends_the_session_with_a_reason(site: BusySite, warm: WarmBrowser) -> None:
    captured = await warm.capture(f"{site.url}/breaks-off", NO_PICTURES.model_copy(update={"time_limit_seconds": 20.0}))

    assert (captured.session.state, captured.session.success) == (DebugSessionState.COMPLETED, False)
    assert "ended before its announced length" in (captured.session.error_message or "")


async def test_basic_auth_is_answered_and_sent_to_no_other_origin(site: BusySite, warm: WarmBrowser) -> None:
    options = NO_PICTURES.model_copy(update={"basic_auth": BasicAuth(username="ann", password="pass word")})

    captured = await warm.capture(f"{site.url}/locked", options)

    assert captured.session.success
    assert one(captured, "/after").status_code == 200  # requested with a URL that a script builds without a host
    assert "pass" not in str([event.url for event in captured.events])
