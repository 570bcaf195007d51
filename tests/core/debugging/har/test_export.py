"""Exports are valid HAR 1.2 with the extensions of Chrome DevTools."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from core.debugging.har.export import har_frame, har_lines, to_har, to_har_text
from core.schemas.session_options import SessionOptions
from tests.core.debugging import har_spec
from tests.core.debugging.sample_session import START, console, everything, exchange, session
from tests.core.debugging.warm_browser import WarmBrowser
from tests.sites import serve_site


def entry_of(exchange_id: str) -> dict[str, Any]:
    entries = to_har(session(), everything())["log"]["entries"]
    return next(entry for entry in entries if entry["_exchangeId"] == exchange_id)


def test_every_kind_of_exchange_is_valid_har() -> None:
    log = har_spec.check(json.loads(to_har_text(session(), everything(), console())))

    assert len(log.entries) == 9
    assert (log.creator.name, log.pages[0].pageTimings.onLoad) == ("Watchwright", 340.5)


def test_an_empty_session_is_valid_har() -> None:
    har_spec.check(to_har(session(milestones=None, completed_at=None, browser_version=None), []))


def test_har_phases_map_to_ours_and_add_up() -> None:
    entry = entry_of("document-1")

    assert entry["timings"] == {
        "blocked": 3.0,
        "dns": 3.0,
        "connect": 9.0,  # in HAR, connecting includes TLS
        "ssl": 5.0,
        "send": 0.5,
        "wait": 20.0,
        "receive": 4.5,
        "_blocked_queueing": 1.0,
    }
    assert entry["time"] == 40.0


@pytest.mark.parametrize(
    ("remote", "address", "port"),
    [
        ("93.184.216.34:443", "93.184.216.34", "443"),
        ("93.184.216.34", "93.184.216.34", None),
        ("[2001:db8::7]:443", "2001:db8::7", "443"),
        ("[2001:db8::7]", "2001:db8::7", None),
        (None, None, None),
    ],
)
def test_an_address_is_exported_with_and_without_its_port(
    remote: str | None, address: str | None, port: str | None
) -> None:
    (entry,) = to_har(session(), exchange("a", remote_address=remote))["log"]["entries"]

    assert (entry.get("serverIPAddress"), entry.get("connection")) == (address, port)


def test_time_without_phases_is_waiting() -> None:
    assert entry_of("refused")["timings"]["wait"] == 2.0


def test_devtools_finds_its_extensions() -> None:
    entry = entry_of("document-1")

    assert (entry["_resourceType"], entry["_priority"], entry["_connectionId"]) == ("document", "VeryHigh", "12")
    assert (entry["_initiator"], entry["serverIPAddress"]) == ({"type": "other"}, "::1")
    assert entry["response"]["_transferSize"] == 900 and entry_of("picture")["_fromCache"] == "disk"
    assert entry_of("refused")["response"]["_error"] == "The connection was refused."


def test_websocket_frames_have_the_format_of_devtools() -> None:
    start = START.timestamp()

    frames = entry_of("socket")["_webSocketMessages"]

    assert [(frame["type"], frame["opcode"], frame["data"]) for frame in frames] == [
        ("send", 1, "hé"),
        ("receive", 2, "AP8="),
    ]
    assert [frame["time"] - start for frame in frames] == pytest.approx([0.150, 0.1515], abs=1e-5)


def test_cookies_forms_and_queries_are_split() -> None:
    document, form = entry_of("document"), entry_of("form")

    assert document["request"]["cookies"] == [{"name": "x", "value": "1"}, {"name": "y", "value": "2"}]
    assert document["request"]["queryString"] == [{"name": "q", "value": "a b"}, {"name": "empty", "value": ""}]
    assert document["response"]["cookies"] == [
        {"name": "a", "value": "1", "path": "/", "httpOnly": True},
        {"name": "b", "value": "2", "secure": True},
    ]
    assert [header["name"] for header in document["response"]["headers"]].count("Set-Cookie") == 2
    assert form["request"]["postData"]["params"] == [
        {"name": "title", "value": "a b&c"},
        {"name": "page", "value": "2"},
    ]


@pytest.mark.parametrize(
    ("payload", "size"),
    [
        ({"request_payload": "Größe"}, 7),
        ({"request_payload": "AP8=", "request_payload_encoding": "base64"}, 2),
        ({"request_payload": "abc", "details": {"request_payload": {"size_bytes": 300_000, "sha256": "f00"}}}, 300_000),
        ({}, 0),
    ],
    ids=["text", "bytes", "cut", "none"],
)
def test_body_size_is_that_of_the_full_request_body(payload: dict[str, Any], size: int) -> None:
    (entry,) = to_har(session(), exchange("post", method="POST", **payload))["log"]["entries"]

    assert entry["request"]["bodySize"] == size


def test_a_url_that_only_browsers_accept_is_exported() -> None:
    har_spec.check(to_har(session(), exchange("odd", url="http://[odd]/?a=1")))


@pytest.mark.timeout(120)
async def test_a_real_recording_is_valid_har_with_every_request_of_the_servers_log(warm: WarmBrowser) -> None:
    with serve_site() as site:
        captured = await warm.capture(site.url + "/", SessionOptions(has_filmstrip=False))
        asked = {
            (entry.method, f":{_port(site.url if entry.origin == 'main' else site.other_url)}{entry.target}")
            for entry in site.log
        }

    log = har_spec.check(json.loads(to_har_text(captured.session, captured.events, captured.console)))

    held = {(entry.request.method, ":" + entry.request.url.split(":", 2)[2]) for entry in log.entries}
    assert asked <= held
    last = max(datetime.fromisoformat(entry.startedDateTime) for entry in log.entries)
    assert last - datetime.fromisoformat(log.pages[0].startedDateTime) < timedelta(seconds=60)


def _port(url: str) -> str:
    return url.rsplit(":", 1)[1]


def test_a_log_can_be_written_in_pieces() -> None:
    named = session(title='"entries": []')
    head, tail = har_frame(named, console())

    text = f"{head}{har_lines(named, everything())}{tail}"

    assert json.loads(text) == to_har(named, everything(), console())
    assert json.loads(head + tail) == to_har(named, (), console())
