"""HAR files of any browser become sessions; other files are refused in one sentence."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.debugging.exchange_record import URL_LIMIT
from core.debugging.failures import UNFINISHED
from core.debugging.har.export import to_har, to_har_text
from core.debugging.har.importing import MAX_VALUES, ImportedSession, from_har
from core.debugging.har.model import MAX_ENTRIES
from core.debugging.waterfall import rows
from core.errors import InvalidInput
from core.models import (
    ConsoleMessage,
    DebugSession,
    DebugSessionState,
    Interruption,
    NetworkEvent,
    NetworkEventType,
    SessionTrigger,
)
from tests.core.debugging.sample_session import console, everything, exchange, session


def imported(har: Any) -> ImportedSession:
    return from_har(json.dumps(har), website_id=1)


def as_rows(read: ImportedSession) -> tuple[DebugSession, list[NetworkEvent], list[ConsoleMessage]]:
    return (
        DebugSession(**read.session.model_dump()),
        [NetworkEvent(**event.model_dump()) for event in read.events],
        [ConsoleMessage(**values) for values in read.console],
    )


def minimal(**overrides: Any) -> dict[str, Any]:
    return {
        "startedDateTime": "2026-11-24T03:00:00.000Z",
        "request": {"method": "GET", "url": "https://a.test/"},
        "response": {"status": 200},
    } | overrides


def log(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"log": {"entries": list(entries)} | more}


def test_export_import_export_is_the_same_file() -> None:
    first = to_har(session(), everything(), console())

    again = to_har(*as_rows(from_har(json.dumps(first), website_id=1)))

    assert _rounded(again) == _rounded(json.loads(json.dumps(first)))


@pytest.mark.parametrize("remote", ["[::1]:443", "[::1]", "192.0.2.7:80", "192.0.2.7", None])
def test_an_exchange_without_a_connection_has_none_after_its_import(remote: str | None) -> None:
    har = to_har(session(), exchange("a", remote_address=remote))

    _session, events, _console = as_rows(from_har(json.dumps(har), website_id=1))

    assert (events[-1].remote_address, events[-1].connection_id) == (remote, None)


def test_the_number_of_messages_survives_if_only_some_are_kept() -> None:
    message = {"type": "receive", "time": 1.0, "opcode": 1, "data": "a"}

    read = imported(log(minimal(_webSocketMessages=[message], _details={"message_count": 2_004})))

    assert read.events[1].details is not None
    assert read.events[1].details["message_count"] == 2_004


@pytest.mark.parametrize(("opcode", "data", "size"), [(1, "aGk=", 4), (2, "aGk=", 2), (2, "aGV5", 3), (2, "", 0)])
def test_a_binary_message_has_the_size_of_its_bytes(opcode: int, data: str, size: int) -> None:
    message = {"type": "send", "time": 1.0, "opcode": opcode, "data": data}

    read = from_har(json.dumps(log(minimal(_webSocketMessages=[message]))), website_id=1)

    (kept,) = (read.events[-1].details or {})["messages"]
    assert (kept["payload"], kept["size_bytes"]) == (data, size)


def test_an_unfinished_response_is_still_one_after_its_import() -> None:
    unfinished = exchange("a", interruption=Interruption.SESSION_END, error_message=UNFINISHED)

    again = rows(as_rows(from_har(to_har_text(session(), unfinished), website_id=1))[1])
    (foreign,) = rows(as_rows(from_har(json.dumps(log(minimal(_interruption="x"))), website_id=1))[1])

    assert [(row.is_unfinished, row.error_message) for row in again] == [(True, UNFINISHED)]
    assert foreign.interruption is None


def test_import_shows_the_same_waterfall() -> None:
    before = rows(everything())

    after = rows(as_rows(from_har(to_har_text(session(), everything()), website_id=1))[1])

    assert [row.exchange_id for row in after] == [row.exchange_id for row in before]
    for one, other in zip(before, after, strict=True):
        assert (one.outcome, one.url, one.method) == (other.outcome, other.url, other.method)
        assert other.started_ms == pytest.approx(one.started_ms, abs=0.01)
        assert other.duration_ms == pytest.approx(one.duration_ms, abs=0.01)
        assert (one.redirected_from, one.from_cache) == (other.redirected_from, other.from_cache)


def test_an_imported_session_has_trigger_import_and_has_ended() -> None:
    read = imported(log(minimal())).session

    assert (read.trigger, read.state, read.success) == (SessionTrigger.IMPORT, DebugSessionState.COMPLETED, True)
    assert (read.url, read.request_count, read.failed_count) == ("https://a.test/", 1, 0)


def test_a_file_of_firefox_is_read() -> None:
    entry = minimal(
        startedDateTime="2026-11-24T04:00:00.100+01:00",
        time=30,
        request={"method": "GET", "url": "https://a.test/", "httpVersion": "HTTP/2", "headers": [], "bodySize": 0},
        response={
            "status": 200,
            "httpVersion": "HTTP/2",
            "content": {"mimeType": "text/html", "size": 9, "text": "x"},
            "bodySize": 5,
            "headersSize": 50,
        },
        timings={"blocked": 0, "dns": 1, "connect": 2, "ssl": 2, "send": 0, "wait": 20, "receive": 5},
        serverIPAddress="2001:db8::1",
    )

    read = imported(log(entry, browser={"name": "Firefox", "version": "151.0"}, pages=[]))

    answer = read.events[1]
    assert (read.session.browser_type, read.session.browser_version) == ("firefox", "151.0")
    assert (answer.protocol, answer.resource_type, answer.remote_address) == ("http/2", "document", "[2001:db8::1]")
    assert (answer.encoded_bytes, answer.decoded_bytes, answer.duration_ms) == (5, 9, 30)


def test_redirects_are_linked_by_their_target() -> None:
    hop = minimal(response={"status": 301, "redirectURL": "/home"})
    home = minimal(request={"method": "GET", "url": "https://a.test/home"}, startedDateTime="2026-11-24T03:00:01Z")

    first, second = rows(as_rows(imported(log(hop, home)))[1])

    assert first.outcome is NetworkEventType.REDIRECT
    assert second.redirected_from == first.exchange_id


def test_a_request_without_a_response_is_a_failure() -> None:
    read = imported(
        log(minimal(response={"status": 0, "_error": "net::ERR_CONNECTION_TIMED_OUT"}), minimal(response={}))
    )

    assert [event.event_type for event in read.events[1::2]] == [NetworkEventType.TIMEOUT, NetworkEventType.ERROR]
    assert read.session.failed_count == 2


def test_duplicate_ids_become_two_exchanges() -> None:
    read = imported(log(minimal(_exchangeId="a"), minimal(_exchangeId="a")))

    assert len({event.exchange_id for event in read.events}) == 2


def test_a_byte_order_mark_is_accepted() -> None:
    assert from_har(b"\xef\xbb\xbf" + json.dumps(log(minimal())).encode(), website_id=1).events


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_a_file_in_another_unicode_encoding_is_read(encoding: str) -> None:
    assert from_har(json.dumps(log(minimal())).encode(encoding), website_id=1).events


def test_numbers_as_text_are_accepted() -> None:
    read = imported(log(minimal(time="12.5", response={"status": "404", "content": {"size": "7"}}))).events[1]

    assert (read.status_code, read.decoded_bytes, read.duration_ms) == (404, 7, 12.5)


def test_an_implausible_number_is_ignored() -> None:
    message = {"type": "receive", "time": 10**400, "opcode": 1, "data": "a"}

    answer = imported(log(minimal(time=10**400, _webSocketMessages=[message]))).events[1]

    assert answer.details is not None
    assert (answer.duration_ms, answer.details["messages"][0]["offset_ms"]) == (0.0, 0.0)


@pytest.mark.parametrize("written", ["NaN", "-Infinity", "1e999"])
def test_a_number_that_json_does_not_have_is_left_out(written: str) -> None:
    text = json.dumps(log(minimal(_initiator={"type": "script", "lineNumber": "HERE"}))).replace('"HERE"', written)

    request = from_har(text, website_id=1).events[0]

    assert json.dumps(request.initiator, allow_nan=False) == '{"type": "script", "lineNumber": null}'


def test_characters_that_databases_reject_are_replaced() -> None:
    entry = minimal(response={"status": 200, "content": {"text": "a\0b\ud800"}})

    read = imported(log(entry)).events[1]

    assert read.response_payload == "a�b?"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("<html>", "not JSON"),
        ("[]", "This HAR file cannot be imported: Must be an object with names and values"),
        (
            (
                '{"log": {"entries": [{"startedDateTime": "9999-12-31T23:59:59Z", "time": 1e9, '
                '"request": {"method": "G", "url": "/"}}]}}'
            ),
            "startedDateTime",
        ),
        ("{}", "log is missing"),
        ('{"log": {}}', "log.entries is missing"),
        ('{"log": {"entries": []}}', "empty"),
        ('{"log": {"entries": [{"request": {"method": "GET", "url": "/"}}]}}', r"entries.0.startedDateTime is missing"),
        (
            '{"log": {"entries": [{"startedDateTime": "now", "request": {"method": "G", "url": "/"}}]}}',
            "startedDateTime",
        ),
        ('{"log": {"entries": [{"startedDateTime": "2026-11-24T03:00:00Z", "request": {"url": "/"}}]}}', "method"),
        ("[" * 200_000, "nested too deeply|not JSON"),
        (
            (
                '{"log": {"entries": [{"startedDateTime": "0001-01-01T00:00:00+23:00", '
                '"request": {"method": "G", "url": "/"}}]}}'
            ),
            "years 1 to 9000",
        ),
        ("1" * 5_000, "not JSON"),
    ],
)
def test_a_file_that_is_no_har_is_refused_in_one_sentence(text: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        from_har(text, website_id=1)

    assert len(str(refused.value)) < 300 and "\n" not in str(refused.value)


@pytest.mark.parametrize(("begin", "what"), [(b"PK\x03\x04", "a ZIP archive"), (b"\x1f\x8b\x08", "gzip")])
def test_a_compressed_file_is_refused_with_advice_to_unpack_it(begin: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=f"{what}.*Extract"):
        from_har(begin + bytes(50), website_id=1)


@pytest.mark.parametrize("started", ["", "nope", None, 7, {}, "9999-12-31T23:59:59Z"])
def test_an_unreadable_page_start_falls_back_to_the_entries(started: object) -> None:
    read = imported(log(minimal(), pages=[{"startedDateTime": started, "title": "Shop"}]))

    assert read.session.title == "Shop"
    assert f"{read.session.started_at:%Y-%m-%d %H:%M}" == "2026-11-24 03:00"


def test_more_entries_than_a_session_holds_are_refused() -> None:
    with pytest.raises(InvalidInput, match="20,001 entries"):
        imported(log(*[minimal()] * (MAX_ENTRIES + 1)))


def test_entries_are_counted_before_they_are_read() -> None:
    with pytest.raises(InvalidInput, match="20,001 entries"):
        imported(log(*[{}] * (MAX_ENTRIES + 1)))


@pytest.mark.parametrize("value", [b"[],", b"{},"])
def test_a_file_that_would_fill_the_memory_is_refused(value: bytes) -> None:
    text = b'{"log": {"entries": [' + value * (MAX_VALUES + 1)

    with pytest.raises(InvalidInput, match="more lists and objects"):
        from_har(text, website_id=1)


def test_a_very_long_url_is_truncated() -> None:
    address = "https://a.test/" + "a" * 100_000

    read = imported(log(minimal(request={"method": "GET", "url": address})))

    assert {event.url for event in read.events} == {address[:URL_LIMIT]}


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
NAMES = ["time", "response", "timings", "serverIPAddress", "connection", "_initiator", "_webSocketMessages", "_outcome"]


@given(st.dictionaries(st.sampled_from(NAMES), anything))
def test_fields_of_any_type_are_accepted(fields: dict[str, Any]) -> None:
    read = imported(log(minimal(**fields)))

    assert rows(as_rows(read)[1])[0].url == "https://a.test/"
    to_har_text(*as_rows(read)).encode()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 2)
    if isinstance(value, dict):
        return {name: _rounded(item) for name, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value
