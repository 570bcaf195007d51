"""Playwright's events become exchanges; what it could not read is unknown."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from playwright.async_api import Error

from core.debugging.browsers.connection_facts import ConnectionFacts
from core.debugging.playwright_events import PlaywrightEvents
from core.debugging.recorder import Recorder
from core.schemas.session_options import SessionOptions
from tests.core.debugging.session_parts import StillAxis

Known = TypeVar("Known")
NOT_TIMED = {"startTime": 0, "responseEnd": -1}


class Emitter:
    """Stands for a context or a page: keeps the callbacks of each event."""

    def __init__(self) -> None:
        self.callbacks: dict[str, list[Callable[..., Any]]] = defaultdict(list)
        self.main_frame = self
        self.parent_frame = None

    def on(self, name: str, callback: Callable[..., Any]) -> None:
        self.callbacks[name].append(callback)

    def emit(self, name: str, value: Any) -> None:
        for callback in self.callbacks[name]:
            callback(value)


class Asked:
    """Stands for a finished request and its response, whose body is *read* or cannot be read."""

    url, method, resource_type = "http://a.example/", "GET", "document"
    status, status_text, from_service_worker = 200, "OK", False
    headers: dict[str, str] = {}
    redirected_from = post_data_buffer = None
    timing = NOT_TIMED

    def __init__(self, page: Emitter, read: bytes | Error, sizes: dict[str, int] | Error) -> None:
        self.frame, self.request = page, self
        self._read, self._sizes = read, sizes

    def is_navigation_request(self) -> bool:
        return True

    async def response(self) -> "Asked":
        return self

    async def all_headers(self) -> dict[str, str]:
        return {}

    async def server_addr(self) -> None:
        return None

    async def sizes(self) -> dict[str, int]:
        return _given(self._sizes)

    async def body(self) -> bytes:
        return _given(self._read)


def _given(value: Known | Error) -> Known:
    if isinstance(value, Error):
        raise value
    return value


GONE = Error("Response body is not available")
SIZES = {"responseBodySize": 5, "responseHeadersSize": 20}


@pytest.mark.parametrize(
    ("read", "sizes", "decoded_bytes"),
    [(b"hello", SIZES, 5), (b"", SIZES, 0), (GONE, SIZES, None), (b"hello", GONE, None)],
    ids=["read", "empty", "body gone", "sizes gone"],
)
async def test_a_body_that_cannot_be_read_is_not_empty(
    read: bytes | Error, sizes: dict[str, int] | Error, decoded_bytes: int | None
) -> None:
    recorder = Recorder(SessionOptions(has_filmstrip=False), StillAxis(), prepare=lambda _session: [])
    recorder.begin()
    context: Any = Emitter()
    page: Any = Emitter()
    events = PlaywrightEvents(recorder, context, page, limit_bytes=100, facts=ConnectionFacts())
    asked = Asked(page, read, sizes)

    for name in ("request", "response", "requestfinished"):
        context.emit(name, asked)
    await events.settle()
    await recorder.settle(0)

    (end,) = [fact.values for fact in recorder.take().facts if fact.key.is_end]
    assert (end["status_code"], end["decoded_bytes"]) == (200, decoded_bytes)
