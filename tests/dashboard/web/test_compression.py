"""Compressed static files are cached; other answers are not."""

import gzip
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from dashboard.web.compression import LASTING, Compression, PageCompression

SCRIPT = f"{LASTING}components/list.js"
TEXT = "export default {}; // " + "a script of some length " * 100


class Application:
    """An application that answers with *status* and `TEXT`, and counts its requests."""

    def __init__(self, status: int = 200, kind: str = "text/javascript") -> None:
        self.status, self.kind, self.asked = status, kind, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.asked += 1
        await Response(TEXT, status_code=self.status, media_type=self.kind)(scope, receive, send)


async def ask(app: Any, path: str, **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        return await client.get(path, headers=headers)


async def test_an_unchanging_file_is_cached() -> None:
    inner = Application()
    app = Compression(inner)

    first, second = [await ask(app, SCRIPT) for _ in range(2)]

    assert inner.asked == 1
    assert first.text == second.text == TEXT
    assert first.headers == second.headers
    assert second.headers["content-encoding"] == "gzip"
    assert int(second.headers["content-length"]) < len(gzip.compress(TEXT.encode())) * 2


async def test_a_browser_without_gzip_gets_plain_files() -> None:
    app = Compression(Application())
    await ask(app, SCRIPT)

    plain = await ask(app, SCRIPT, **{"accept-encoding": "identity"})

    assert "content-encoding" not in plain.headers
    assert plain.text == TEXT


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", {}), (f"{SCRIPT}?v=2", {}), (SCRIPT, {"range": "bytes=0-9"}), (SCRIPT, {"if-none-match": "x"})],
    ids=["a page", "a query", "a part", "a question whether it changed"],
)
async def test_other_requests_are_not_cached(path: str, headers: dict[str, str]) -> None:
    inner = Application()
    app = Compression(inner)

    for _ in range(2):
        await ask(app, path, **headers)

    assert inner.asked == 2


async def test_a_failure_is_not_cached() -> None:
    inner = Application(status=404)
    app = Compression(inner)

    for _ in range(2):
        await ask(app, SCRIPT)

    assert inner.asked == 2


@pytest.mark.parametrize("sent_messages", [0, 1, 2])
async def test_a_file_that_a_browser_stopped_loading_is_not_cached(sent_messages: int) -> None:
    """A font's headers are sent before its file is opened, and nothing follows them when the browser has left."""
    headers = [(b"content-type", b"font/woff2"), (b"content-length", b"8")]
    whole: list[Message] = [
        {"type": "http.response.start", "status": 200, "headers": headers},
        {"type": "http.response.body", "body": b"half", "more_body": True},
        {"type": "http.response.body", "body": b"half", "more_body": False},
    ]
    answers = [whole[:sent_messages], whole]

    async def inner(scope: Scope, receive: Receive, send: Send) -> None:
        for message in answers.pop(0):
            await send(message)

    app = Compression(inner)
    scope = {"type": "http", "method": "GET", "path": SCRIPT, "query_string": b"", "headers": []}

    async def received() -> list[Message]:
        messages: list[Message] = []

        async def send(message: Message) -> None:
            messages.append(message)

        await app(scope, Mock(), send)
        return messages

    first, second = await received(), await received()

    assert (first, second) == (whole[:sent_messages], whole)


async def test_headers_added_by_outer_middleware_are_not_cached() -> None:
    app = Compression(Application())

    async def outside(scope: Scope, receive: Receive, send: Send) -> None:
        async def adding(message: Any) -> None:
            if "headers" in message:
                message["headers"].append((b"x-frame-options", b"DENY"))
            await send(message)

        await app(scope, receive, adding)

    answers = [await ask(outside, SCRIPT) for _ in range(3)]

    assert [answer.headers.get_list("x-frame-options") for answer in answers] == [["DENY"]] * 3


@pytest.mark.parametrize(
    ("kind", "is_page"),
    [("text/html; charset=utf-8", True), ("text/javascript", False), ("text/css", False), ("text/csv", False)],
)
async def test_only_pages_are_compressed_outside(kind: str, is_page: bool) -> None:
    app = Application(kind=kind)

    inside, outside = [await ask(middleware(app), "/") for middleware in (Compression, PageCompression)]

    assert ("content-encoding" in outside.headers) is is_page
    assert ("content-encoding" in inside.headers) is not is_page
    assert inside.text == outside.text == TEXT
