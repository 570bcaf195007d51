"""A visit through Playwright, as for Firefox and WebKit; here with Chromium, for a trace."""

import io
import zipfile
from urllib.parse import urlsplit

import pytest

from core.config import Settings
from core.debugging.capture import capture
from core.debugging.playwright_visit import LEFT_OUT
from core.errors import BrowserError, BrowserMissing
from core.models import ArtifactKind, DebugSessionState, NetworkEventType
from core.schemas.session_options import SessionCookie, SessionOptions, WatchMode
from tests.core.debugging.busy_site import BusySite

TRACED = SessionOptions(has_trace=True, time_limit_seconds=30)


async def test_a_trace_is_stored_and_a_note_names_what_is_not_recorded(
    site: BusySite, browser_settings: Settings
) -> None:
    captured = await capture(f"{site.url}/", TRACED, settings=browser_settings)

    assert (captured.session.state, captured.session.success) == (DebugSessionState.COMPLETED, True)
    trace = next(artifact for artifact in captured.artifacts if artifact.kind == ArtifactKind.TRACE)
    assert "trace.trace" in zipfile.ZipFile(io.BytesIO(trace.data)).namelist()
    assert captured.console[0].text == LEFT_OUT
    assert captured.session.milestones is not None
    assert 0 < captured.session.milestones["time_to_first_byte"] < captured.session.milestones["load"]


async def test_requests_redirects_bodies_and_frames_are_recorded(site: BusySite, browser_settings: Settings) -> None:
    captured = await capture(f"{site.url}/", TRACED, settings=browser_settings)

    ends = {
        urlsplit(event.url).path: event for event in captured.events if event.event_type != NetworkEventType.REQUEST
    }
    assert (ends["/api"].response_payload, ends["/api"].status_code) == ('{"ok": true}', 200)
    assert ends["/api"].remote_address == f"127.0.0.1:{site.ports[1]}"
    assert ends["/hop/3"].event_type == NetworkEventType.REDIRECT
    assert ends["/hop/2"].redirected_from == ends["/hop/3"].exchange_id
    assert [message["payload"] for message in (ends["/socket"].details or {})["messages"]] == ["hello", "echo hello"]
    assert ends["/frame"].target == "iframe"
    assert ends["/popup"].target == "popup"
    assert (ends["/from-frame"].phases or {})["waiting_ms"] > 0


async def test_a_script_that_stops_reading_a_response_is_no_failure(site: BusySite, browser_settings: Settings) -> None:
    captured = await capture(f"{site.url}/reads-a-part", TRACED, settings=browser_settings)

    (end,) = [event for event in captured.events if event.url.endswith("/events") and event.event_type != "REQUEST"]
    assert (end.event_type, end.status_code) == (NetworkEventType.RESPONSE, 200)
    assert end.decoded_bytes is None  # unknown, not empty


async def test_a_page_that_never_loads_is_watched_for_the_fixed_time(
    site: BusySite, browser_settings: Settings
) -> None:
    options = TRACED.model_copy(update={"watch": WatchMode.FIXED, "watch_seconds": 2.0})

    captured = await capture(f"{site.url}/refused-socket", options, settings=browser_settings)

    assert (captured.session.state, captured.session.success) == (DebugSessionState.COMPLETED, False)
    assert captured.session.error_message == "The page was still loading when the session ended."
    (refused,) = [event for event in captured.events if event.url.startswith("ws:") and event.event_type != "REQUEST"]
    assert (refused.event_type, refused.status_code) == (NetworkEventType.ERROR, 200)
    assert "Unexpected response code: 200" in (refused.error_message or "")


async def test_a_page_that_cannot_be_opened_gives_the_reason(browser_settings: Settings, unused_tcp_port: int) -> None:
    captured = await capture(f"http://127.0.0.1:{unused_tcp_port}/", TRACED, settings=browser_settings)

    assert captured.session.state == DebugSessionState.FAILED
    assert "ERR_CONNECTION_REFUSED" in (captured.session.error_message or "")
    assert captured.session.milestones == {}


async def test_a_cookie_that_the_browser_refuses_gives_the_reason(site: BusySite, browser_settings: Settings) -> None:
    options = TRACED.model_copy(update={"cookies": [SessionCookie(name="a;b", value="1")]})

    with pytest.raises(BrowserError, match=r"The page could not be prepared: .*Invalid cookie fields"):
        await capture(f"{site.url}/", options, settings=browser_settings)


async def test_a_browser_that_is_not_installed_is_named(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path_factory.mktemp("none")))

    with pytest.raises(BrowserMissing, match="There is no webkit here: run `playwright install webkit`"):
        await capture("http://localhost/", SessionOptions(browser="webkit"), settings=settings)
