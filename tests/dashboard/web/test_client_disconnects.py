"""A request that its client aborts is one log line; our own errors are raised."""

import logging

import pytest
from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from dashboard.web.client_disconnects import ClientDisconnects

SCOPE = {"type": "http", "path": "/api/v1/debug-sessions/import"}


async def fails(_scope: Scope, receive: Receive, _send: Send) -> None:
    message = await receive()
    raise ClientDisconnect if message["type"] == "http.disconnect" else ValueError("a mistake of ours")


async def nowhere(_message: Message) -> None:
    raise AssertionError("Nobody is there to be answered.")


async def gone() -> Message:
    return {"type": "http.disconnect"}


async def there() -> Message:
    return {"type": "http.request", "body": b"", "more_body": False}


async def test_an_aborted_request_is_one_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "dashboard.web.client_disconnects")

    await ClientDisconnects(fails)(SCOPE, gone, nowhere)

    ((record),) = caplog.records
    assert (record.message, record.levelname, record.exc_info) == ("the client aborted a request", "INFO", None)


async def test_our_own_errors_are_raised() -> None:
    with pytest.raises(ValueError, match="a mistake of ours"):
        await ClientDisconnects(fails)(SCOPE, there, nowhere)
