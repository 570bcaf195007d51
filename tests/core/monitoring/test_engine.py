"""One server cannot block the prober's thread for all others."""

import asyncio
import socket
import threading
from collections.abc import Callable

import pytest

from core.monitoring.curl_errors import ProbeErrorKind
from core.monitoring.engine import Engine
from core.monitoring.probe import Prober, ProbeTarget
from tests.core.monitoring import servers
from tests.core.monitoring.servers import OK, raw_server

LONG_SECONDS = 5.0
HELLO_REQUESTS = (b"\x16\x03\x03\x40\x00" + bytes(0x4000)) * 256
"""4 MB of what a TLS client passes over: a record of 4,096 empty messages, again and again."""


def flood(connection: socket.socket) -> None:
    while True:
        connection.sendall(HELLO_REQUESTS)


async def kind_of_flood(meanwhile: Callable[[Prober, str], object]) -> str | None:
    """What comes of a website that floods the handshake, where *meanwhile* is done ten times a second."""
    with raw_server(flood) as flooding, raw_server(servers.answer(OK)) as good:
        async with Prober() as prober:
            hostile = asyncio.create_task(prober.probe(ProbeTarget(url=flooding.https_url, timeout_seconds=5)))
            while not hostile.done():
                meanwhile(prober, good.url)
                await asyncio.sleep(0.1)
    return hostile.result().error_kind


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda prober, url: prober.begin(ProbeTarget(url=url), lambda _result: None),
        lambda _prober, _url: None,
    ],
    ids=["others are checked", "nothing else is done"],
)
async def test_an_endless_handshake_is_cut_off(meanwhile: Callable[[Prober, str], object]) -> None:
    for _try in range(3):  # on a busy machine the flood may pause by itself, and then ends by its timeout
        if await kind_of_flood(meanwhile) == ProbeErrorKind.FLOOD:
            return
    pytest.fail("the flood was never cut off")


class Kept(Engine):
    """One whose thread is kept, as by a flood, until somebody has looked for that a second time."""

    def __init__(self) -> None:
        super().__init__()
        self.looks = 0
        self.is_free = threading.Event()

    def keep(self) -> None:
        self.is_free.wait(LONG_SECONDS)

    def look_for_flood(self) -> None:
        self.looks += 1
        if self.looks > 1:
            self.is_free.set()


def test_floods_are_cut_off_while_the_thread_stops() -> None:
    engine = Kept()
    engine.start()
    engine.call(engine.keep)

    engine.stop()

    assert engine.is_free.is_set()
