"""What the server sends to the details panel of an exchange."""

from datetime import UTC, datetime
from typing import Any

from core.models import NetworkEvent, NetworkEventType
from dashboard.components.waterfall.details import describe, server_timing


def make_event(kind: NetworkEventType = NetworkEventType.RESPONSE, **overrides: Any) -> NetworkEvent:
    facts = {
        "exchange_id": "1.1",
        "url": "https://a.example/x?b=1&b=2",
        "method": "GET",
        "timestamp": datetime.now(UTC),
    }
    return NetworkEvent(event_type=kind, **{**facts, **overrides})


def test_headers_may_come_with_the_response_event() -> None:
    request = make_event(NetworkEventType.REQUEST, request_headers={"a": "provisional"})
    answer = make_event(request_headers={"a": "sent"}, response_headers={"b": "2"})

    details = describe([answer, request])

    assert details["request"]["headers"] == [("a", "sent")]
    assert details["response"]["headers"] == [("b", "2")]


def test_the_time_of_sending_is_that_of_the_servers_log() -> None:
    began = datetime(2026, 11, 30, 20, 32, 46, 500_000, tzinfo=UTC)
    request = make_event(NetworkEventType.REQUEST, timestamp=began)
    phases = {"queued_ms": 2.0, "connect_ms": 40.0, "sent_ms": 1.0, "waiting_ms": 300.0}

    sent = describe([request, make_event(phases=phases)])["general"]
    endless = make_event(phases=phases | {"queued_ms": 9e15})
    unsent = [describe([request, answer]) for answer in (make_event(phases=phases, from_cache="disk"), endless)]
    unsent.append(describe([request]))

    assert ("Sent", "2026-11-30 20:32:46.542 UTC") in sent
    for details in unsent:
        assert ("Started", "2026-11-30 20:32:46.500 UTC") in details["general"]


def test_repeated_headers_are_separate_lines() -> None:
    details = describe([make_event(response_headers={"Set-Cookie": "a=1; Path=/; Secure\nb=2"})])

    assert details["response"]["headers"] == [("Set-Cookie", "a=1; Path=/; Secure"), ("Set-Cookie", "b=2")]
    assert details["cookies"]["set"] == [
        {"name": "a", "value": "1", "attributes": [("Path", "/"), ("Secure", "yes")]},
        {"name": "b", "value": "2", "attributes": []},
    ]


def test_query_keeps_repeated_names() -> None:
    assert describe([make_event()])["query"] == [("b", "1"), ("b", "2")]


def test_a_query_is_parsed_despite_masked_credentials() -> None:
    event = make_event(url="http://[redacted:ac777bf3]@a.example/?b=1")

    assert describe([event])["query"] == [("b", "1")]


def test_sent_cookies_are_split() -> None:
    details = describe([make_event(request_headers={"Cookie": "s=a=b; t=2"})])

    assert details["cookies"]["sent"] == [("s", "a=b"), ("t", "2")]


def test_a_truncated_body_has_a_note() -> None:
    answer = make_event(response_payload="abc", is_response_payload_truncated=True, response_payload_sha256="f00")

    note = describe([answer])["response"]["payload"]["note"]

    assert note == "Only the beginning of the body was stored. SHA-256 of the whole: f00"


def test_a_pending_request_is_described() -> None:
    details = describe(
        [make_event(NetworkEventType.REQUEST, request_payload="a=1", request_headers={"Content-Type": "x/y"})]
    )

    assert details["response"]["payload"] is None
    assert details["request"]["payload"] == {"text": "a=1", "encoding": None, "mime": "x/y", "note": None}


def test_stack_positions_start_at_one_and_include_parents() -> None:
    parent = {"callFrames": [{"functionName": "outer", "url": "https://a.example/b.js", "lineNumber": 4}]}
    frame = {"functionName": "inner", "url": "https://a.example/a.js", "lineNumber": 0, "columnNumber": 2}
    request = make_event(initiator={"type": "script", "stack": {"callFrames": [frame], "parent": parent}})

    stack = describe([request])["initiator"]["stack"]

    assert stack == [
        {"function": "inner", "url": "https://a.example/a.js", "line": 1, "column": 3},
        {"function": "outer", "url": "https://a.example/b.js", "line": 5, "column": 1},
    ]


def test_server_timing_is_read_per_metric() -> None:
    headers = [("Server-Timing", 'db;dur=53.2;desc="two queries", miss, app;dur=4')]

    assert server_timing(headers) == [("db", "two queries · 53.2 ms"), ("miss", ""), ("app", "4 ms")]


def test_a_request_can_be_copied_in_four_ways() -> None:
    copies = describe([make_event(NetworkEventType.REQUEST, request_headers={"X-A": "1"}, request_payload="q")])[
        "copies"
    ]

    assert list(copies) == ["url", "curl", "fetch", "httpx"]
    assert "X-A: 1" in copies["curl"]


def test_a_truncated_request_body_allows_copying_the_url_only() -> None:
    request = make_event(NetworkEventType.REQUEST, method="POST", request_payload="abc")
    answer = make_event(details={"request_payload": {"size_bytes": 300_000, "sha256": "f00"}})

    details = describe([request, answer])

    assert details["request"]["payload"]["note"] == (
        "Only the beginning of the body was stored, of 300 kB in all. SHA-256 of the whole: f00"
    )
    assert list(details["copies"]) == ["url"]


def test_a_request_body_without_its_files_says_so() -> None:
    request = make_event(NetworkEventType.REQUEST, method="POST", request_payload="--x")
    answer = make_event(details={"request_payload": {"size_bytes": 5_288}})

    details = describe([request, answer])

    assert details["request"]["payload"]["note"] == (
        "The browser reported a part of the body, without its files: 5.3 kB in all."
    )
    assert list(details["copies"]) == ["url"]


def test_truncated_base64_allows_copying_the_url_only() -> None:
    cut = make_event(NetworkEventType.REQUEST, request_payload="AAA", request_payload_encoding="base64")

    assert list(describe([cut])["copies"]) == ["url"]


def test_unstored_messages_are_counted() -> None:
    message = {"direction": "received", "payload": "a", "offset_ms": 1.0}

    details = describe([make_event(details={"messages": [message], "message_count": 2_004})])

    assert (len(details["messages"]), details["further_messages"]) == (1, 2_003)
