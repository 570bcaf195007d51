"""A request's head is limited in size and time, and its body in time; ordinary requests, bodies and WebSockets pass."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import uvicorn
from fastapi import FastAPI, Request, WebSocket
from starlette.types import Receive, Scope, Send
from websockets.asyncio.client import connect

from dashboard.web import limited_http
from dashboard.web.limited_http import BODY_SECONDS, HEAD_BYTES, HEAD_SECONDS, LimitedHttp
from tests.waiting import until

START = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"


def counting() -> FastAPI:
    """An application that answers with the size of a body, and echoes a WebSocket."""
    app = FastAPI()

    @app.post("/")
    async def size(request: Request) -> int:
        return sum([len(part) async for part in request.stream()])

    @app.post("/unread")
    async def unread() -> None:
        pass

    @app.post("/late")
    async def late(request: Request) -> int:
        """Reads the body a moment later than it may take to arrive."""
        await asyncio.sleep(0.8)
        return len(await request.body())

    @app.post("/slow")
    async def slow(request: Request) -> None:
        """Answers unless the client is disconnected within a moment."""
        await request.body()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(request.receive(), 0.2)

    app.mount("/parts", echo_parts)

    @app.websocket("/echo")
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_text(await socket.receive_text())

    return app


async def echo_parts(_scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with each part of the body as it arrives. FastAPI's own streaming reads the body to see a disconnect."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    more_body = True
    while more_body:
        message = await receive()
        more_body = message.get("more_body", False)
        await send({"type": "http.response.body", "body": message.get("body", b""), "more_body": more_body})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(counting(), port=0, http=LimitedHttp, log_config=None, timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve())
    await until(lambda: server.started)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await serving


async def answer(port: int, *pieces: bytes) -> bytes:
    """Send *pieces* and return what comes back until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:  # the server closed it before everything was sent
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "endless",
    [b"X-Long: " + b"a" * HEAD_BYTES, b"X-Many: a\r\n" * 10_000],
    ids=["one header", "many headers"],
)
async def test_a_large_head_is_refused(port: int, endless: bytes) -> None:
    assert (await answer(port, START, endless)).startswith(b"HTTP/1.1 431 ")


async def test_a_long_url_is_refused(port: int) -> None:
    assert (await answer(port, b"GET /" + b"a" * HEAD_BYTES)).startswith(b"HTTP/1.1 431 ")


async def test_the_trailers_of_a_body_are_limited(port: int) -> None:
    body = b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"

    assert b"200 OK" not in await answer(port, START + body, *[b"X-Trailer: a\r\n" * 1_000] * 20)


@pytest.mark.parametrize("sent", [b"", START], ids=["nothing", "a part"])
async def test_a_head_that_does_not_arrive_ends_the_connection(
    port: int, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(limited_http, "HEAD_SECONDS", 0.05)

    assert await answer(port, sent) == b""


async def test_empty_lines_after_a_request_do_not_keep_the_connection(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(START + b"Content-Length: 1\r\n\r\na")
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\n1")

    monkeypatch.setattr(limited_http, "HEAD_SECONDS", 0.05)
    writer.write(b"\r\n")

    assert await asyncio.wait_for(reader.read(), 10) == b""
    writer.close()


async def test_a_large_body_passes_and_the_connection_stays(port: int) -> None:
    size = HEAD_BYTES * 10
    request = START + b"Content-Length: %d\r\n\r\n" % size
    last = START + b"Connection: close\r\nContent-Length: 1\r\n\r\na"

    answered = await answer(port, request, *[b"a" * 1_000] * (size // 1_000), b"a" * (size % 1_000), last)

    assert answered.count(b"200 OK") == 2
    assert str(size).encode() in answered


async def test_a_body_that_does_not_arrive_is_refused(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "BODY_SECONDS", 0.05)

    assert (await answer(port, START + b"Content-Length: 2\r\n\r\na")).startswith(b"HTTP/1.1 408 ")


async def test_a_body_that_nobody_reads_keeps_no_connection(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "BODY_SECONDS", 0.2)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /unread HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\na")
    assert b"200 OK" in await reader.readuntil(b"\r\n\r\nnull")

    writer.write(b"a")  # would end uvicorn's own time limit of an idle connection

    assert await asyncio.wait_for(reader.read(), 3) == b""
    writer.close()


async def test_a_long_body_may_take_its_time_while_it_arrives(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "BODY_SECONDS", 1)
    monkeypatch.setattr(limited_http, "BODY_PART_BYTES", 1)
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST /parts/ HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n")
    began = loop.time()

    while loop.time() < began + 1.5:
        writer.write(b"1\r\na\r\n")
        assert (await reader.readuntil(b"a\r\n")).endswith(b"1\r\na\r\n")
    writer.write(b"0\r\n\r\n")

    assert await reader.readuntil(b"0\r\n\r\n") == b"0\r\n\r\n"
    writer.close()


async def test_a_body_that_is_read_late_is_no_slow_body(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "BODY_SECONDS", 0.5)
    head = START.replace(b"/", b"/late", 1) + b"Connection: close\r\nContent-Length: 1000000\r\n\r\n"

    assert b"\r\n\r\n1000000" in await answer(port, head, b"a" * 1_000_000)


async def test_a_slow_answer_is_no_slow_body(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited_http, "BODY_SECONDS", 0.05)

    assert b"200 OK" in await answer(
        port, START.replace(b"/", b"/slow", 1) + b"Connection: close\r\nContent-Length: 1\r\n\r\na"
    )


async def test_a_websocket_passes_for_longer_than_a_head_or_a_body_may_take(port: int) -> None:
    loop = asyncio.get_running_loop()
    seconds = loop.time

    async with connect(f"ws://127.0.0.1:{port}/echo", ping_interval=None) as socket:
        loop.time = lambda: seconds() + HEAD_SECONDS + BODY_SECONDS  # type: ignore[method-assign]
        await socket.send("a" * HEAD_BYTES * 2)

        assert await socket.recv() == "a" * HEAD_BYTES * 2
