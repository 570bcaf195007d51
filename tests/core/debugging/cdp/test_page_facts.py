"""A page is asked for facts at the end of its visit."""

import asyncio
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo
from core.debugging.cdp.page_facts import evaluate_apart, is_busy, script_bytes_of
from core.schemas.session_options import SessionOptions
from tests.core.debugging.warm_browser import WarmBrowser


class _Page(CdpSession):
    """Answers some commands and lets others time out."""

    def __init__(self, *answered: str) -> None:
        super().__init__(CdpConnection(lambda _data: None), "1", TargetInfo(id="1", type="page"))
        self.answered = answered

    async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
        if method in self.answered:
            return {}
        raise CdpError(f"no answer to {method}") from TimeoutError()


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (("Runtime.evaluate", "Performance.getMetrics", "Page.getNavigationHistory"), False),
        (("Performance.getMetrics", "Page.getNavigationHistory"), True),
        (("Page.getNavigationHistory",), False),
        ((), False),
    ],
    ids=["nothing", "a script", "layout", "the machine"],
)
async def test_only_a_running_script_makes_a_page_busy(answered: tuple[str, ...], expected: bool) -> None:
    assert await is_busy(_Page(*answered)) is expected


async def test_a_busy_page_is_asked_both_questions_at_once() -> None:
    is_measured = asyncio.Event()

    class _Busy(_Page):
        async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
            if method == "Performance.getMetrics":
                is_measured.set()
                return {}
            async with asyncio.timeout(5):
                await is_measured.wait()
            raise CdpError(f"no answer to {method}") from TimeoutError()

    assert await is_busy(_Busy()) is True


@pytest.mark.parametrize(
    ("told", "expected"),
    [({"a.js": 5, "b.js": None}, {"a.js": 5}), ({"a.js": -1, "b.js": 1e99}, {}), ("no", {}), (None, {})],
)
async def test_implausible_script_sizes_are_ignored(told: object, expected: dict[str, int]) -> None:
    class _Told(_Page):
        async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
            return {"executionContextId": 1, "result": {"value": told}}

    assert await script_bytes_of(_Told(), ["a.js", "b.js"]) == expected
    assert await script_bytes_of(_Page(), ["a.js"]) == {}


FOREIGN = """<!doctype html><h1>Shop</h1><script>
Promise = function () { return {then: resolve => resolve("soon")}; };
</script>"""


async def test_a_page_that_replaces_what_vitals_use_is_recorded_to_its_end(warm: WarmBrowser) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=FOREIGN, content_type="text/html")

    app = web.Application()
    app.add_routes([web.get("/", page)])
    async with TestServer(app) as server:
        options = SessionOptions(has_screenshots=False, has_filmstrip=False)
        captured = await warm.capture(str(server.make_url("/")), options)

    assert captured.session.success
    assert "interaction_to_next_paint" not in (captured.session.milestones or {})


class _Isolated(CdpSession):
    def __init__(self, silent: str) -> None:
        super().__init__(CdpConnection(lambda _data: None), "1", TargetInfo(id="frame", type="page"))
        self.silent = silent

    async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
        if method == self.silent:
            raise CdpError(f"no answer to {method}")
        if method == "Page.createIsolatedWorld":
            return {"executionContextId": 7 if params["frameId"] == "frame" else 0}
        return {"result": {"value": params["contextId"]}}


@pytest.mark.parametrize(("silent", "value"), [("", 7), ("Page.createIsolatedWorld", None), ("Runtime.evaluate", None)])
async def test_the_value_comes_from_a_world_of_its_own(silent: str, value: int | None) -> None:
    assert await evaluate_apart(_Isolated(silent), "1") == value
