"""A body that is too large is refused before it is read, and one of unknown length when it becomes too large."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI, Form, Request
from starlette.types import Message, Receive, Scope, Send

from dashboard.web.body_limit import CLOSED_BYTES, OPEN_BYTES, READ_IN_PARTS, BodyLimit

PIECE = 16 * 1024
FORM = {"content-type": "application/x-www-form-urlencoded"}
JSON = {"content-type": "application/json"}
(IMPORT,) = READ_IN_PARTS


class Upload:
    """A body of *size* bytes in pieces, which counts how many of them were read."""

    def __init__(self, size: int) -> None:
        self._pieces = size // PIECE
        self.read_bytes = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _piece in range(self._pieces):
            self.read_bytes += PIECE
            yield b"a" * PIECE


def reading() -> FastAPI:
    """An application that reads bodies as forms, as JSON and in parts, and answers with their size."""
    app = FastAPI()

    @app.post("/acknowledge")
    @app.post("/status/page/enter")
    async def form(token: Annotated[str, Form()] = "") -> int:
        return len(token)

    @app.put("/api/v1/configuration")
    async def document(data: dict[str, Any]) -> int:
        return len(data["name"])

    @app.post(IMPORT)
    async def parts(request: Request) -> int:
        return sum([len(chunk) async for chunk in request.stream()])

    return app


@pytest.fixture
async def limited() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(BodyLimit(reading()))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client


async def test_an_announced_body_is_refused_before_it_is_read(limited: httpx.AsyncClient) -> None:
    upload = Upload(OPEN_BYTES * 4)

    answer = await limited.post(
        "/status/page/enter", content=upload, headers=FORM | {"content-length": str(OPEN_BYTES + 1)}
    )

    assert (answer.status_code, upload.read_bytes) == (413, 0)
    assert answer.json()["detail"] == "The body is too large. Send at most 64 KiB."


@pytest.mark.parametrize("path", ["/status/page/enter", "/acknowledge"])
async def test_an_open_address_reads_no_large_body(limited: httpx.AsyncClient, path: str) -> None:
    upload = Upload(OPEN_BYTES * 100)

    answer = await limited.post(path, content=upload, headers=FORM)

    assert answer.status_code == 413
    assert upload.read_bytes <= OPEN_BYTES + PIECE


async def test_files_of_a_form_count(limited: httpx.AsyncClient) -> None:
    answer = await limited.post("/acknowledge", files={"token": b"a" * OPEN_BYTES})

    assert answer.status_code == 413


async def test_a_closed_address_may_be_sent_more(limited: httpx.AsyncClient) -> None:
    upload = Upload(CLOSED_BYTES * 2)

    small = await limited.put("/api/v1/configuration", json={"name": "a" * 2 * OPEN_BYTES})
    too_large = await limited.put("/api/v1/configuration", content=upload, headers=JSON)

    assert (small.status_code, small.json()) == (200, 2 * OPEN_BYTES)
    assert too_large.status_code == 413
    assert upload.read_bytes <= CLOSED_BYTES + PIECE


async def test_an_import_limits_itself(limited: httpx.AsyncClient) -> None:
    answer = await limited.post(IMPORT, content=Upload(CLOSED_BYTES + PIECE))

    assert (answer.status_code, answer.json()) == (200, CLOSED_BYTES + PIECE)


async def test_a_form_of_usual_size_passes(limited: httpx.AsyncClient) -> None:
    answer = await limited.post("/acknowledge", data={"token": "a" * 8_000})

    assert (answer.status_code, answer.json()) == (200, 8_000)


async def test_the_start_of_the_application_passes() -> None:
    seen = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def receive() -> Message:
        return {"type": "lifespan.startup"}

    async def send(_message: Message) -> None:
        pass

    await BodyLimit(app)({"type": "lifespan"}, receive, send)

    assert seen == ["lifespan"]
