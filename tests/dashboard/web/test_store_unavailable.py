"""While the store is unavailable, people and programs get a clear answer, and pages reload afterwards."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI
from starlette.types import Message, Receive, Scope, Send

from core import database
from dashboard.access import COOKIE
from dashboard.web.store_unavailable import StoreUnavailable

HTML = {"accept": "text/html", "authorization": "", "cookie": f"{COOKIE}=whoever"}


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Send requests to an application that loses its store."""
    away = database.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none")
    database.bind(away)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
        yield client
    away.dispose()


async def test_a_program_gets_503_with_retry_after(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/websites", headers={"authorization": "Bearer ww_some"})

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["detail"] == "The database is unavailable. Try again in a few seconds."


@pytest.mark.parametrize("accepted", ["text/html", "*/*"])
async def test_a_page_reloads_itself(client: httpx.AsyncClient, accepted: str) -> None:
    answer = await client.get("/websites/7?days=30", headers=HTML | {"accept": accepted})

    assert answer.status_code == 503
    assert "The database is unavailable" in answer.text
    assert answer.headers["refresh"] == "5"


async def test_a_post_is_not_repeated(client: httpx.AsyncClient) -> None:
    answer = await client.post("/logout", headers=HTML | {"origin": "http://127.0.0.1:8080"})

    assert answer.status_code == 503
    assert "refresh" not in answer.headers


async def test_the_socket_is_closed_with_try_again_later() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    await StoreUnavailable(_asks_the_store)({"type": "websocket", "path": "/_nicegui_ws/"}, receive, send)

    assert [(one["type"], one["code"]) for one in sent] == [("websocket.close", 1013)]


async def test_other_errors_are_raised() -> None:
    async def broken(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise KeyError("ours")

    with pytest.raises(KeyError):
        await StoreUnavailable(broken)({"type": "http", "path": "/"}, None, None)  # type: ignore[arg-type]


async def _asks_the_store(_scope: Scope, _receive: Receive, _send: Send) -> None:
    database.make_engine("postgresql+psycopg://nobody@127.0.0.1:1/none").connect()
