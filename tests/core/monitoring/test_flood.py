"""A socket that receives far more bytes than its body is a flood."""

import socket
import threading
from dataclasses import dataclass

import pytest

from core.monitoring import flood
from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.flood import is_flood, received_bytes
from core.monitoring.probe import Prober, ProbeTarget
from core.schemas.check_options import CheckOptions
from tests.core.monitoring.servers import OK, Script, answer, raw_server

pytestmark = pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="the system does not tell what came")

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
PACKED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03"
MANY = 20_000


@dataclass
class Kept:
    received_bytes: int


def endless(head: bytes, more: bytes) -> Script:
    def script(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(more)

    return script


@pytest.mark.parametrize(
    "script",
    [endless(CHUNKED + b"1;", b"x" * MANY), endless(PACKED, b"\x00\x00\x00\xff\xff" * MANY)],
    ids=["a chunk's extension", "packed nothing"],
)
async def test_a_flooding_server_is_cut_off(script: Script) -> None:
    with raw_server(script) as server:
        async with Prober() as prober:
            target = ProbeTarget(url=server.url, timeout_seconds=9, options=CheckOptions(body_contains="x"))
            result = await prober.probe(target)

    assert result.error_kind == ProbeErrorKind.FLOOD
    assert result.error == "127.0.0.1 sends data without end but no complete response."


async def test_a_website_that_flooded_is_probed_by_a_prober_of_its_own() -> None:
    with raw_server(endless(CHUNKED + b"1;", b"x" * MANY)) as flooding, raw_server(answer(OK)) as good:
        before = probers()
        async with Prober() as prober:
            seen = []
            for url in (flooding.url, good.url, flooding.url, good.url):
                result = await prober.probe(ProbeTarget(url=url, timeout_seconds=9))
                seen.append((result.error_kind, probers() - before))

    assert seen == [(ProbeErrorKind.FLOOD, 1), (None, 1), (ProbeErrorKind.FLOOD, 2), (None, 2)]
    assert probers() == before


def probers() -> int:
    return sum(thread.name == "prober" for thread in threading.enumerate())


def test_a_large_body_is_not_a_flood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flood, "MUCH_BYTES", 10)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()) as ours:
        theirs, _address = listener.accept()
        with theirs:
            theirs.sendall(b"x" * 90)
            ours.recv(90, socket.MSG_WAITALL)

            assert received_bytes(ours.fileno()) == 90
            assert not is_flood(ours.fileno(), Kept(received_bytes=10))
            assert is_flood(ours.fileno(), Kept(received_bytes=9))
        assert ours.fileno() >= 0  # it was but borrowed


def test_other_sockets_than_tcp_return_zero() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams:
        assert received_bytes(datagrams.fileno()) == 0
    assert received_bytes(-1) == 0
