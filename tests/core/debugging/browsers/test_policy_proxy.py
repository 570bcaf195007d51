"""The proxy decides which addresses a browser may connect to."""

import asyncio
import socket
import threading
import time
from collections.abc import AsyncIterator

import pytest

from core.config import Settings
from core.debugging.browsers.policy_proxy import PolicyProxy
from core.debugging.capture import Capture, capture
from core.models import NetworkEvent, NetworkEventType
from core.schemas.session_options import SessionOptions
from tests.core.debugging.warm_browser import WarmBrowser
from tests.core.monitoring import servers
from tests.core.monitoring.servers import OK, raw_server
from tests.sites.serving import port_of, refusing

QUICK = SessionOptions(has_screenshots=False, has_filmstrip=False)


@pytest.fixture
async def proxy() -> AsyncIterator[PolicyProxy]:
    def refuse(_host: str, address: str, port: int) -> str | None:
        return "it is metadata" if address.startswith("169.254.") or port == 9 else None

    async with PolicyProxy(refuse) as proxy:
        yield proxy


async def ask(proxy: PolicyProxy, request: bytes) -> tuple[int, bytes]:
    """Return the reply code to a SOCKS *request*, and the data that follows on the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(proxy.address.rpartition(":")[2]))
    try:
        writer.write(b"\x05\x01\x00" + request)
        await reader.readexactly(2)
        code = (await reader.readexactly(10))[1]
        if code == 0:
            writer.write(b"GET / HTTP/1.1\r\n\r\n")
        return code, await reader.read()
    finally:
        writer.close()


def connect_to(host: str, port: int) -> bytes:
    return b"\x05\x01\x00\x03" + bytes([len(host)]) + host.encode() + port.to_bytes(2, "big")


@pytest.mark.parametrize("host", ["localhost", "shop.localhost"])
async def test_an_allowed_connection_is_forwarded(proxy: PolicyProxy, host: str) -> None:
    with raw_server(servers.answer(OK)) as server:
        code, answer = await ask(proxy, connect_to(host, server.port))

    assert (code, answer) == (0, OK)


@pytest.mark.parametrize("host", ["169.254.169.254", "0xa9fea9fe", "2852039166"])
async def test_an_address_that_is_refused_is_not_connected_to(proxy: PolicyProxy, host: str) -> None:
    code, answer = await ask(proxy, connect_to(host, 80))

    assert (code, answer) == (2, b"")
    refused = "net::ERR_BLOCKED_BY_ADMINISTRATOR"
    assert proxy.facts.true_error(f"http://{host}/", "net::ERR_SOCKS_CONNECTION_FAILED") == refused
    message = proxy.facts.true_message(f"ws://{host}:80/", "It failed: net::ERR_SOCKS_CONNECTION_FAILED")
    assert message == f"It failed: {refused}"


async def test_cancelling_an_open_connection_logs_no_error(proxy: PolicyProxy) -> None:
    asked, said = threading.Event(), []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: said.append(context))

    def fall_silent(connection: socket.socket) -> None:
        asked.set()
        servers.hang(connection)

    with raw_server(fall_silent) as server:
        connection = asyncio.create_task(ask(proxy, connect_to("localhost", server.port)))
        await asyncio.to_thread(asked.wait, 30)
        under_way = [task for task in asyncio.all_tasks() if "_attend" in repr(task.get_coro())]
        for task in under_way:
            task.cancel()
        code, answer = await connection

    assert (len(under_way), code, answer, said) == (1, 0, b"", [])


async def test_only_the_connect_command_is_served(proxy: PolicyProxy) -> None:
    code, _answer = await ask(proxy, b"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50")

    assert code == 7


async def test_the_proxy_corrects_addresses_and_times(proxy: PolicyProxy) -> None:
    with raw_server(servers.answer(OK)) as server:
        await ask(proxy, connect_to("localhost", server.port))
        timing = {"requestTime": 1.0, "connectStart": 2.0, "connectEnd": 90.0, "dnsStart": -1.0, "dnsEnd": -1.0}

        told = proxy.facts.true_response(
            f"http://localhost:{server.port}/", {"remoteIPAddress": "127.0.0.1", "remotePort": 1, "timing": timing}
        )

    assert told["remotePort"] == server.port
    assert 2.0 == told["timing"]["dnsStart"] <= told["timing"]["dnsEnd"] <= told["timing"]["connectStart"] <= 90.0
    assert proxy.facts.true_error("http://a.example/", "net::ERR_ABORTED") == "net::ERR_ABORTED"


@pytest.mark.skipif(not hasattr(socket, "TCP_INFO"), reason="the kernel does not tell")
async def test_the_proxys_own_delay_is_not_part_of_the_connection(proxy: PolicyProxy) -> None:
    with raw_server(servers.answer(OK)) as server:
        asking = asyncio.create_task(ask(proxy, connect_to("127.0.0.1", server.port)))
        while not asking.done():
            time.sleep(0.02)  # noqa: ASYNC251 (other work of the loop while a page loads)
            await asyncio.sleep(0)
        timing = {"connectStart": 2.0, "connectEnd": 190.0, "sslStart": 150.0, "sslEnd": 190.0}

        told = proxy.facts.true_response(
            f"https://127.0.0.1:{server.port}/", {"remoteIPAddress": "127.0.0.1", "remotePort": 1, "timing": timing}
        )

    assert 140.0 < told["timing"]["connectStart"] < 150.0
    assert "dnsStart" not in told["timing"]


async def test_a_guarded_browser_records_the_true_remote_address(warm: WarmBrowser) -> None:
    with raw_server(servers.answer(OK)) as server:
        captured = await warm.capture(server.url, QUICK)

    answer = _document(captured)
    assert (answer.status_code, answer.remote_address) == (200, f"127.0.0.1:{server.port}")


async def test_a_guarded_browser_follows_no_redirect_to_a_denied_address(browser_settings: Settings) -> None:
    with raw_server(servers.answer(OK)) as inner, raw_server(servers.redirect(inner.url)) as outer:
        settings = browser_settings.model_copy(update={"deny": frozenset({f"*:{inner.port}"})})
        captured = await capture(outer.url, QUICK, settings=settings)

        assert inner.connections == 0
    assert "ERR_BLOCKED_BY_ADMINISTRATOR" in (captured.session.error_message or "")


async def test_a_guarded_browser_reports_the_same_errors_as_an_unguarded_one(warm: WarmBrowser) -> None:
    with refusing() as holder:
        captured = await warm.capture(f"http://127.0.0.1:{port_of(holder)}/", QUICK)

    assert "ERR_CONNECTION_REFUSED" in (captured.session.error_message or "")


async def test_the_address_of_a_sessions_proxy_is_checked(warm: WarmBrowser, browser_settings: Settings) -> None:
    with raw_server(servers.answer(OK)) as own_proxy:
        options = QUICK.model_copy(update={"proxy": own_proxy.url.rstrip("/")})
        there = await warm.capture("http://site.example/", options)
        asked = own_proxy.connections
        settings = browser_settings.model_copy(update={"deny": frozenset({f"*:{own_proxy.port}"})})
        refused = await capture("http://site.example/", options, settings=settings)

        assert own_proxy.connections == asked >= 1
    assert _document(there).remote_address == f"127.0.0.1:{own_proxy.port}"
    assert not refused.session.success


async def test_metadata_and_watchwright_itself_are_denied_by_default(browser_settings: Settings) -> None:
    with raw_server(servers.answer(OK)) as ours, raw_server(servers.redirect(ours.url)) as elsewhere:
        settings = browser_settings.model_copy(update={"port": ours.port})
        with WarmBrowser(settings) as browser:
            by_redirect = await browser.capture(elsewhere.url, QUICK)
            metadata = await browser.capture("http://169.254.169.254/latest/meta-data/", QUICK)

        assert ours.connections == 0
    for captured in (by_redirect, metadata):
        assert "ERR_BLOCKED_BY_ADMINISTRATOR" in (captured.session.error_message or "")


def _document(captured: Capture) -> NetworkEvent:
    return next(
        event
        for event in captured.events
        if event.event_type == NetworkEventType.RESPONSE and event.resource_type == "document"
    )
