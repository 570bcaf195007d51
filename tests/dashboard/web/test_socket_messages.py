"""A message of a page's socket that has another form is dropped, and said in one line."""

import logging
from typing import Any

import pytest
from nicegui import Client
from nicegui.core import sio
from nicegui.page import page as page_of_nicegui
from starlette.requests import Request

from dashboard.web import socket_messages


@pytest.mark.parametrize("name", ["connect", "handshake", "event", "javascript_response", "ack", "log"])
@pytest.mark.parametrize(
    "message",
    [(), (None,), ([],), ("text",), ({},), ({"client_id": []},), ({"client_id": "the page", "level": "__class__"},)],
    ids=str,
)
async def test_a_message_of_another_form_is_dropped(
    caplog: pytest.LogCaptureFixture, name: str, message: tuple[Any, ...]
) -> None:
    caplog.set_level(logging.INFO)
    reader = Client(page_of_nicegui(""), request=Request({"type": "http", "path": "/", "headers": []}))
    named = tuple(one | {"client_id": reader.id} if one == {"client_id": "the page"} else one for one in message)
    socket_messages.install()

    answer = await sio._trigger_event(name, "/", "a socket", *named)

    assert not answer
    assert all(record.getMessage() == "dropped a message of a page" for record in caplog.records)
    reader.delete()
