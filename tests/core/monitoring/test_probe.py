"""A probe measures every phase, ends within its timeout, and describes every failure."""

import asyncio
import gzip
import socket
from collections.abc import AsyncIterator

import pytest

from core.addresses import AddressPolicy
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.handles import MAX_PIECES
from core.monitoring.probe import BATCH_SIZE, Prober, ProbeResult, ProbeTarget
from core.monitoring.transfer import lasted
from core.schemas.check_options import CheckOptions
from tests.core.monitoring import servers
from tests.core.monitoring.servers import OK, Script, raw_server
from tests.sites.certificate import self_signed
from tests.sites.serving import port_of, refusing
from tests.waiting import until


def alert(number: int) -> Script:
    """Answer a TLS handshake with a fatal alert (RFC 8446, section 6)."""
    return servers.answer(b"\x15\x03\x03\x00\x02\x02" + bytes([number]))


@pytest.fixture
async def prober() -> AsyncIterator[Prober]:
    async with Prober() as prober:
        yield prober


async def test_a_response_is_measured_phase_by_phase(prober: Prober) -> None:
    with raw_server(servers.answer(OK)) as server:
        result = await prober.probe(ProbeTarget(url=server.url))

    assert (result.http_status_code, result.http_version, result.body_bytes) == (200, "http/1.1", 2)
    assert result.remote_address == f"127.0.0.1:{server.port}"
    assert result.error is None
    phases = (result.dns_ms, result.connect_ms, result.ttfb_ms, result.download_ms)
    assert all(ms is not None and 0 <= ms <= result.response_time_ms for ms in phases)
    assert result.tls_ms is None


async def test_time_before_the_first_byte_is_only_in_that_phase(prober: Prober) -> None:
    with raw_server(servers.wait_then_answer(0.05)) as server:
        results = [await prober.probe(ProbeTarget(url=server.url)) for _ in range(9)]

    # The least of several, as a busy machine adds to each: benchmarks.probing has the median.
    assert min(result.ttfb_ms or 0 for result in results) == pytest.approx(50, abs=10)
    assert min(result.connect_ms or 0 for result in results) < 5
    assert min(result.download_ms or 0 for result in results) < 5


async def test_redirects_are_followed_and_listed(prober: Prober) -> None:
    with raw_server(servers.answer(OK)) as last, raw_server(servers.redirect(last.url)) as first:
        result = await prober.probe(ProbeTarget(url=first.url))

    assert (result.final_url, result.redirects, result.http_status_code) == (last.url, (first.url,), 200)


@pytest.mark.parametrize("length", ["Content-Length: 100", "Transfer-Encoding: chunked", "Connection: close"])
async def test_a_redirect_is_followed_without_waiting_for_its_body(prober: Prober, length: str) -> None:
    def hanging(connection: socket.socket) -> None:
        location = f"Location: {good.url}".encode()
        connection.sendall(b"HTTP/1.1 301 Moved Permanently\r\n" + location + b"\r\n" + length.encode() + b"\r\n\r\n")
        servers.hang(connection)

    with raw_server(servers.answer(OK)) as good, raw_server(hanging) as server:
        result = await prober.probe(ProbeTarget(url=server.url, timeout_seconds=2))

    assert (result.error, result.http_status_code) == (None, 200)
    assert (result.final_url, result.redirects) == (good.url, (server.url,))


@pytest.mark.parametrize(
    "options", [CheckOptions(), CheckOptions(headers={"cookie": "own=1"})], ids=["plain", "own cookie"]
)
async def test_a_cookie_set_by_a_redirect_is_sent_to_its_target(prober: Prober, options: CheckOptions) -> None:
    led = b"HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: seen=1; Path=/\r\nContent-Length: 0\r\n\r\n"

    def attend(connection: socket.socket) -> None:
        connection.sendall(OK if b"seen=1" in server.requests[-1] else led)

    with raw_server(attend) as server:
        results = [await prober.probe(ProbeTarget(url=server.url, options=options)) for _ in range(2)]

    assert [(result.error, result.redirects) for result in results] == [(None, (server.url,))] * 2
    sent = [
        line for request in server.requests for line in request.split(b"\r\n") if line.lower().startswith(b"cookie:")
    ]
    own = b"own=1; " if options.headers else b""
    assert [line.partition(b": ")[2] for line in sent[-1:]] == [own + b"seen=1"]
    assert len(server.requests) == 4  # what one probe was given is not the next one's


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        (b"/caf\xe9?\xfc", b"/caf%E9?%FC"),
        ("/café".encode(), b"/caf%C3%A9"),
        (b"/a%E9 b", b"/a%E9%20b"),
        (b"\\a\\b?c\\d", b"/a/b?c\\d"),
        (b"/a|{b}^`\"<>'?a|{b}^`\"<>'", b"/a%7C%7Bb%7D%5E%60%22%3C%3E'?a|{b}^`%22%3C%3E%27"),
    ],
    ids=["latin-1", "UTF-8", "encoded", "backslashes", "signs"],
)
async def test_special_characters_in_a_redirect_are_encoded_as_in_browsers(
    prober: Prober, location: bytes, asked: bytes
) -> None:
    led = b"HTTP/1.1 302 Found\r\nLocation: " + location + b"\r\nContent-Length: 0\r\n\r\n"

    def attend(connection: socket.socket) -> None:
        connection.sendall(led if len(server.requests) == 1 else OK)

    with raw_server(attend) as server:
        await prober.probe(ProbeTarget(url=server.url))

    assert server.requests[-1].split(b" ")[1] == asked


async def test_a_redirect_without_a_target_is_a_response(prober: Prober) -> None:
    with raw_server(servers.redirect("")) as server:
        result = await prober.probe(ProbeTarget(url=server.url))

    assert (result.http_status_code, result.error, result.redirects) == (302, None, ())


async def test_a_redirect_loop_is_reported(prober: Prober) -> None:
    with raw_server(servers.redirect("/again")) as server:
        result = await prober.probe(ProbeTarget(url=server.url, options=CheckOptions(max_redirects=5)))

    assert result.error == "It redirects more than 5 times. This may be a redirect loop."
    assert len(server.requests) == 6


@pytest.mark.parametrize("location", ["file:///etc/passwd", "javascript:alert(1)", "ftp://127.0.0.1/"])
async def test_a_redirect_to_another_scheme_than_http_is_not_followed(prober: Prober, location: str) -> None:
    with raw_server(servers.redirect(location)) as server:
        result = await prober.probe(ProbeTarget(url=server.url))

    assert result.error_kind == ProbeErrorKind.REDIRECT_REFUSED
    assert result.error is not None
    assert "Only http and https" in result.error


@pytest.mark.parametrize("url", ["http://127.0.0.1:0/", "http://127.0.0.1:65536/"])
async def test_a_url_that_cannot_be_requested_is_a_result(prober: Prober, url: str) -> None:
    result = await prober.probe(ProbeTarget(url=url, timeout_seconds=1))

    assert result.error_kind == ProbeErrorKind.URL
    assert result.error is not None
    assert "port" in result.error


async def test_a_refused_connection_is_a_result(prober: Prober) -> None:
    with refusing() as holder:
        port = port_of(holder)
        result = await prober.probe(ProbeTarget(url=f"http://127.0.0.1:{port}/"))

    assert result.error == f"127.0.0.1 refused the connection on port {port}."
    assert result.http_status_code is None
    assert result.ttfb_ms is None


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (servers.hang, "Timed out after 1 s while waiting for a response from 127.0.0.1."),
        (servers.drip, "Timed out after 1 s while receiving the response of 127.0.0.1."),
        (servers.answer(b""), "127.0.0.1 closed the connection without a response."),
        (servers.reset, "127.0.0.1 closed the connection before responding."),
        (servers.reset_in_body, "127.0.0.1 closed the connection in the middle of the response."),
        (
            servers.answer(b"HTTP/1.1 200 OK\r\nContent-Le"),
            "127.0.0.1 closed the connection in the middle of the response.",
        ),
        (
            servers.answer(b"SSH-2.0-OpenSSH_9.2\r\n"),
            "The response of 127.0.0.1 is not valid HTTP: it does not begin with a status line.",
        ),
        (
            servers.answer(b"HTTP/1.1 2000 OK\r\nContent-Length: 2\r\n\r\nok"),
            "The response of 127.0.0.1 is not valid HTTP: its status code has more than three digits.",
        ),
        (
            servers.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc"),
            "The response of 127.0.0.1 is not valid HTTP: the length of a chunk is not a valid number.",
        ),
        (
            servers.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"F" * 17 + b"\r\nabc"),
            "The response of 127.0.0.1 is not valid HTTP: the length of a chunk is not a valid number.",
        ),
        (
            servers.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n"),
            "The response of 127.0.0.1 is not valid HTTP: a chunk is longer than its length says.",
        ),
        (servers.flood_interim_answers, "127.0.0.1 sent more headers than any browser accepts."),
        (servers.flood_headers, "127.0.0.1 sent more headers than any browser accepts."),
    ],
    ids=[
        "hangs",
        "drips",
        "closes",
        "resets",
        "resets in body",
        "ends in headers",
        "is no HTTP",
        "has a long status",
        "is no chunk",
        "has an endless chunk",
        "has a long chunk",
        "floods 1xx",
        "floods headers",
    ],
)
async def test_each_faulty_response_has_its_own_message(prober: Prober, script: Script, words: str) -> None:
    with raw_server(script) as server:
        result = await asyncio.wait_for(prober.probe(ProbeTarget(url=server.url, timeout_seconds=1)), 5)

    assert result.error is not None
    assert result.error.startswith(words)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (servers.hang, "Timed out after 1 s during the TLS handshake with localhost."),
        (alert(40), "No secure connection to localhost: it shares no cipher with Watchwright, or requires a client"),
        (alert(80), "No secure connection to localhost: it reports an internal error."),
        (alert(112), "No secure connection to localhost: it does not recognise this host name."),
        (alert(48), "No secure connection to localhost: it ended the handshake with the TLS alert 'unknown ca'."),
        (alert(110), "No secure connection to localhost: it ended the handshake with the TLS alert 'unsupported ext"),
        (alert(200), "No secure connection to localhost: it ended the handshake with TLS alert 200."),
        (servers.answer(b"\x15\x03\x03\x00\x02\x01\x00"), "No secure connection to localhost: it closed the conn"),
    ],
    ids=["hangs", "refuses", "trips", "knows not the name", "is rare", "is rarer", "is unknown", "says goodbye"],
)
async def test_each_failed_handshake_has_its_own_message(prober: Prober, script: Script, words: str) -> None:
    with raw_server(script) as server:
        result = await prober.probe(ProbeTarget(url=server.https_url, timeout_seconds=1))

    assert result.error is not None
    assert result.error.startswith(words)
    assert "routines" not in result.error
    assert "reason(" not in result.error


@pytest.mark.parametrize(
    ("encoding", "body", "words"),
    [
        ("br", b"\xff" * 50, "it is damaged"),
        ("br", b"\x06" * 50, "it is damaged"),
        ("gzip", b"\xff" * 50, "it is damaged"),
        ("zstd", b"\xff" * 50, "the header Content-Encoding names an encoding that Watchwright does not"),
        ("gzip, br", b"\xff" * 50, "it is compressed more than once"),
        ("gzip\r\ncontent-encoding:gzip", b"\xff" * 50, "it is compressed more than once"),
    ],
)
async def test_a_body_that_cannot_be_decompressed_is_reported(
    prober: Prober, encoding: str, body: bytes, words: str
) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 50\r\n\r\n"

    with raw_server(servers.answer(head.encode() + body)) as server:
        result = await prober.probe(ProbeTarget(url=server.url, options=CheckOptions(body_contains="x")))

    assert result.error is not None
    assert result.error.startswith(f"The body from 127.0.0.1 cannot be decompressed: {words}")


@pytest.mark.parametrize("more", [b"TRASH", gzip.compress(b"lo")], ids=["rubbish", "a second one"])
async def test_data_after_a_compressed_body_is_ignored_as_in_browsers(prober: Prober, more: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"

    with raw_server(servers.answer(head + gzip.compress(b"hel") + more)) as server:
        result = await prober.probe(ProbeTarget(url=server.url, options=CheckOptions(body_contains="x")))

    assert result.error is None
    assert result.body == b"hel"


@pytest.mark.parametrize("encoding", ["utf-8", "aws-chunked", "gzip, binary"])
async def test_a_body_of_unknown_encoding_is_taken_as_it_is(prober: Prober, encoding: str) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: 5\r\n\r\n"

    with raw_server(servers.answer(head.encode() + b"hello")) as server:
        result = await prober.probe(ProbeTarget(url=server.url, options=CheckOptions(body_contains="hello")))

    assert (result.error, result.http_status_code, result.body) == (None, 200, b"hello")


@pytest.mark.parametrize(
    ("raw", "method", "words"),
    [
        (b"302 Found\r\nLocation: /\r\nContent-Length: 0", "GET", "It redirects more than 10 times"),
        (b"200 OK\r\nContent-Length: 1", "POST", "The body from 127.0.0.1 cannot be decompressed: the header"),
        (b"200 OK\r\nContent-Length: 9", "GET", "127.0.0.1 closed the connection in the middle of the response"),
    ],
    ids=["a redirect", "what is asked once", "a body in part"],
)
async def test_an_unsupported_content_encoding_does_not_hide_a_failure(
    prober: Prober, raw: bytes, method: str, words: str
) -> None:
    head = b"HTTP/1.1 " + raw + b"\r\nContent-Encoding: utf-8\r\n\r\n"
    options = CheckOptions(method=method, body_contains="x")

    with raw_server(servers.answer(head + b"x")) as server:
        result = await prober.probe(ProbeTarget(url=server.url, options=options))

    assert result.error is not None
    assert result.error.startswith(words)


async def test_undecodable_bytes_are_replaced_by_printable_text(prober: Prober) -> None:
    with raw_server(servers.answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: a\xff\x07b\r\n\r\n")) as server:
        result = await prober.probe(ProbeTarget(url=server.url, options=CheckOptions(body_contains="x")))

    assert result.error is not None
    assert " a\ufffd\ufffdb," in result.error


async def test_a_body_of_too_many_chunks_is_cut_off_and_counts_as_a_response(prober: Prober) -> None:
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    with raw_server(servers.answer(chunked + b"1\r\nx\r\n" * 100_000)) as server:
        result = await prober.probe(ProbeTarget(url=server.url, timeout_seconds=5))

    assert result.error is None
    assert result.body_bytes < 2 * MAX_PIECES


async def test_an_endless_body_is_cut_off_and_counts_as_a_response(prober: Prober) -> None:
    with raw_server(servers.flood_body) as server:
        result = await asyncio.wait_for(prober.probe(ProbeTarget(url=server.url, timeout_seconds=20)), 25)

    assert result.error is None
    assert result.http_status_code == 200
    assert result.body_bytes < 8 * 1024 * 1024


async def test_an_untrusted_certificate_is_reported(prober: Prober) -> None:
    with raw_server(servers.answer(OK), tls=self_signed()) as server:
        strict = await prober.probe(ProbeTarget(url=server.https_url))
        lenient = await prober.probe(ProbeTarget(url=server.https_url, options=CheckOptions(verify_tls=False)))

    assert strict.error == "No secure connection to localhost: its certificate is self-signed."
    assert strict.error_kind == ProbeErrorKind.TLS_UNTRUSTED
    assert lenient.http_status_code == 200
    assert lenient.tls_ms is not None
    assert lenient.tls_ms > 0
    assert lenient.certificate_expires_at is not None


async def test_an_unresolvable_name_is_reported(prober: Prober) -> None:
    result = await prober.probe(ProbeTarget(url="http://nowhere.invalid/", timeout_seconds=5))

    assert result.error_kind == ProbeErrorKind.DNS_NOT_FOUND
    assert result.error is not None
    assert "DNS" in result.error


async def test_a_busy_event_loop_does_not_lengthen_measured_times(prober: Prober) -> None:
    with raw_server(servers.answer(OK)) as server:
        probing = [asyncio.create_task(prober.probe(ProbeTarget(url=server.url))) for _ in range(5)]
        await asyncio.sleep(0)
        _keep_busy(seconds=0.3)
        results = await asyncio.gather(*probing)

    assert min(result.response_time_ms for result in results) < 200


async def test_successful_results_are_delivered_in_batches_and_failures_soon() -> None:
    with raw_server(servers.answer(OK)) as server, refusing() as holder:
        async with Prober(gap_seconds=30) as prober:
            await asyncio.wait_for(prober.probe(ProbeTarget(url=server.url)), 10)

            kept = asyncio.create_task(prober.probe(ProbeTarget(url=server.url)))
            assert not (await asyncio.wait([kept], timeout=0.15))[0]

            refused = ProbeTarget(url=f"http://127.0.0.1:{port_of(holder)}/")
            failed = await asyncio.wait_for(prober.probe(refused), 10)
            assert failed.error_kind == ProbeErrorKind.CONNECT_REFUSED
            assert (await asyncio.wait_for(kept, 10)).error is None


async def test_a_full_batch_of_results_is_delivered_at_once() -> None:
    with raw_server(servers.answer(OK)) as server:
        async with Prober(gap_seconds=30) as prober:
            await asyncio.wait_for(prober.probe(ProbeTarget(url=server.url)), 10)

            results = [prober.probe(ProbeTarget(url=server.url)) for _ in range(BATCH_SIZE)]

            assert len(await asyncio.wait_for(asyncio.gather(*results), 10)) == BATCH_SIZE


def _keep_busy(*, seconds: float) -> None:
    """Hold this thread's loop up, as a page that is being drawn does, while other threads can run."""
    servers.NEVER.wait(seconds)


async def test_arrived_results_are_delivered_on_request() -> None:
    told: list[ProbeResult] = []
    with raw_server(servers.answer(OK)) as server:
        target = ProbeTarget(url=server.url)
        async with Prober(gap_seconds=30) as prober:
            await prober.probe(target)
            prober.begin(target, told.append)
            await until(lambda: prober._undelivered)

            await prober.deliver_now()

            assert [result.http_status_code for result in told] == [200]


async def test_a_refused_address_is_a_result_and_is_not_connected() -> None:
    policy = AddressPolicy.of((), ("127.0.0.1",), private=True, own_port=None)
    with raw_server(servers.answer(OK)) as server:
        async with Prober(policy.refusal) as prober:
            result = await prober.probe(ProbeTarget(url=server.url))

        assert server.connections == 0
    assert result.error_kind == ProbeErrorKind.CONNECT_BLOCKED
    assert result.error == f"No connection to 127.0.0.1: WATCHWRIGHT_DENY closes 127.0.0.1:{server.port}."


@pytest.mark.parametrize("host", ["169.254.169.254", "[::ffff:169.254.169.254]", "2852039166", "0xa9fea9fe"])
async def test_a_redirect_to_a_metadata_address_is_refused(host: str) -> None:
    policy = AddressPolicy.of((), (), private=True, own_port=None)
    with raw_server(servers.redirect(f"http://{host}/latest/meta-data/")) as server:
        async with Prober(policy.refusal) as prober:
            result = await prober.probe(ProbeTarget(url=server.url))

    assert (result.error_kind, result.redirects) == (ProbeErrorKind.CONNECT_BLOCKED, (server.url,))
    assert "where clouds keep a machine's credentials" in (result.error or "")


async def test_a_redirect_to_our_own_port_is_refused() -> None:
    with raw_server(servers.answer(OK)) as ours, raw_server(servers.redirect(ours.url)) as theirs:
        policy = AddressPolicy.of((), (), private=True, own_port=ours.port)
        async with Prober(policy.refusal) as prober:
            result = await prober.probe(ProbeTarget(url=theirs.url))

        assert ours.connections == 0
    assert "is Watchwright itself" in (result.error or "")


def test_a_phase_that_ended_before_it_began_took_no_time() -> None:
    assert lasted(0.081, 0.060) == 0.0  # as libcurl says of an address that needs no look-up, on a busy machine
