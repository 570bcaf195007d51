"""A page's socket serves only the sign-in for which the page was drawn; its client is a real one, without a browser."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import aiohttp
import httpx
import pytest
import socketio  # type: ignore[import-untyped]
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN
from tests.e2e.server import Server

PASSWORD = "correct horse battery staple"
SOCKET = "/_nicegui_ws/socket.io"
Reader = dict[str, str]
"""The headers of a browser."""


@pytest.fixture
def administrator() -> Reader:
    return {"Cookie": f"{COOKIE}={COOKIE_TOKEN}"}


@pytest.fixture
def viewer(server: Server, administrator: Reader) -> Iterator[Reader]:
    """A viewer who has signed in; the account is removed afterwards."""
    account = {"name": "viewer", "role": "VIEWER", "password": PASSWORD}
    with httpx.Client(base_url=server.url, headers=administrator) as client:
        made = client.post("/api/v1/users", json=account).json()
        answer = httpx.post(f"{server.url}/login", data={"name": "viewer", "password": PASSWORD})
        yield {"Cookie": f"{COOKIE}={answer.cookies[COOKIE]}"}
        client.delete(f"/api/v1/users/{made['id']}")


def opened(server: Server, reader: Reader) -> dict[str, str]:
    """What the browser sends to the socket of a page that it opens."""
    page = httpx.get(f"{server.url}/", headers=reader | {"Accept": "text/html"}).text
    (client_id,) = re.findall(r"'client_id': '([0-9a-f-]+)'", page)
    own = {"tab_id": str(uuid4()), "document_id": str(uuid4())}
    return own | {"client_id": client_id, "next_message_id": "0", "implicit_handshake": "true"}


@asynccontextmanager
async def socket(server: Server, reader: Reader, page: dict[str, Any]) -> AsyncIterator[socketio.AsyncClient]:
    """The socket of *page* in the browser of *reader*.

    Raises:
        PermissionError: The server refused it.
    """
    async with aiohttp.ClientSession(headers=reader) as browser:
        client = socketio.AsyncClient(reconnection=False, http_session=browser)
        refusals: list[Any] = []
        client.on("connect_error", refusals.append)
        address = f"{server.url}?{urlencode(page, doseq=True)}"
        try:
            await client.connect(address, socketio_path=SOCKET, transports=["websocket"], retry=False)
        except socketio.exceptions.ConnectionError as error:
            raise PermissionError(refusals) from error
        try:
            yield client
        finally:
            await client.disconnect()


async def test_a_page_serves_its_reader_in_each_tab_and_again(server: Server, administrator: Reader) -> None:
    first, second = opened(server, administrator), opened(server, administrator)

    async with socket(server, administrator, first), socket(server, administrator, second):
        pass
    async with socket(server, administrator, first) as again:
        assert again.connected


async def test_another_person_cannot_join_a_page(server: Server, administrator: Reader, viewer: Reader) -> None:
    theirs = opened(server, administrator)

    async with socket(server, administrator, theirs):
        with pytest.raises(PermissionError, match="Implicit handshake failed"):
            async with socket(server, viewer, theirs):
                pass


async def test_another_person_cannot_join_a_page_by_naming_several(
    server: Server, administrator: Reader, viewer: Reader
) -> None:
    theirs = opened(server, administrator)

    for named in ([theirs["client_id"], "another"], ["another", theirs["client_id"]], [theirs["client_id"], ""]):
        with pytest.raises(PermissionError, match="Implicit handshake failed"):
            async with socket(server, viewer, theirs | {"client_id": named}):
                pass


async def test_another_person_cannot_use_a_page_from_their_own(
    server: Server, administrator: Reader, viewer: Reader
) -> None:
    theirs, own = opened(server, administrator), opened(server, viewer)
    message = {"level": "error", "message": f"said by another {theirs['client_id']}"}

    async with socket(server, administrator, theirs) as page, socket(server, viewer, own) as other:
        await other.emit("log", message | {"client_id": theirs["client_id"]})
        joined = await other.call("handshake", theirs)
        assert message["message"] not in server.log
        await page.emit("log", message | {"client_id": theirs["client_id"]})
        await page.call("handshake", theirs)

    assert joined is False
    assert server.log.count(message["message"]) == 1


async def test_another_person_cannot_take_over_a_polling_socket(
    server: Server, administrator: Reader, viewer: Reader
) -> None:
    polling = {"EIO": "4", "transport": "polling"}
    async with httpx.AsyncClient(base_url=f"{server.url}{SOCKET}/") as browser:
        begun = await browser.get("", headers=administrator, params=polling)
        polling |= {"sid": json.loads(begun.text[1:])["sid"]}
        named = ([polling["sid"]], [polling["sid"], "another"], ["another", polling["sid"]], [polling["sid"], ""])
        refused = [await browser.post("", headers=viewer, params=polling | {"sid": ids}, content="40") for ids in named]
        served = await browser.post("", headers=administrator, params=polling, content="40")
    upgrade = urlencode(polling | {"transport": "websocket"})
    with pytest.raises(InvalidStatus) as upgraded:
        await connect(f"{server.url.replace('http', 'ws')}{SOCKET}/?{upgrade}", additional_headers=viewer)

    assert {answer.status_code for answer in refused} == {403}
    assert served.status_code == 200
    assert upgraded.value.response.status_code == 403


async def test_a_page_that_was_drawn_before_a_change_of_role_is_not_joined_again(
    server: Server, administrator: Reader, viewer: Reader
) -> None:
    page = opened(server, viewer)
    async with httpx.AsyncClient(base_url=server.url, headers=administrator) as client:
        users = (await client.get("/api/v1/users")).json()["items"]
        viewer_id = next(user["id"] for user in users if user["name"] == "viewer")
        async with socket(server, viewer, page):
            await client.patch(f"/api/v1/users/{viewer_id}", json={"role": "EDITOR"})

    with pytest.raises(PermissionError):
        async with socket(server, viewer, page):
            pass
