"""A page's long tasks are attributed to their scripts."""

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from core.debugging.cdp.connection import CdpConnection, CdpError, CdpSession, TargetInfo
from core.debugging.cdp.main_thread import main_thread_of
from core.debugging.long_tasks import SOURCE, read_busy
from core.debugging.time_axis import TimeAxis
from core.schemas.session_options import SessionOptions
from tests.core.debugging.warm_browser import WarmBrowser

PAGE = "<!doctype html><h1>Shop</h1><script>PerformanceObserver = null</script><script src=/{}></script>"
SCRIPTS = {
    "busy.js": "function work(ms) { const end = performance.now() + ms; while (performance.now() < end); }"
    "setTimeout(function count() { work(900) }, 50)",
    "calm.js": "document.title = 'Calm'",
}


async def _page(request: web.Request) -> web.Response:
    return web.Response(text=PAGE.format(request.query["script"]), content_type="text/html")


async def _script(request: web.Request) -> web.Response:
    return web.Response(text=SCRIPTS[request.match_info["name"]], content_type="text/javascript")


@pytest.mark.parametrize(("script", "is_busy"), [("busy.js", True), ("calm.js", False)])
async def test_a_long_task_is_recorded_with_its_script(script: str, is_busy: bool, warm: WarmBrowser) -> None:
    app = web.Application()
    app.add_routes([web.get("/", _page), web.get("/{name}", _script)])

    async with TestServer(app) as server:
        options = SessionOptions(has_screenshots=False, has_filmstrip=False)
        captured = await warm.capture(str(server.make_url(f"/?script={script}")), options)

    lines = [message for message in captured.console if message.source == SOURCE]
    read = [read_busy(line.text, url=line.url, offset_ms=line.offset_ms) for line in lines]
    of_script = [busy for busy in read if busy is not None and busy.url and busy.url.endswith(f"/{script}")]
    assert [busy.function_name for busy in of_script] == (["count"] if is_busy else [])
    assert all(busy.busy_ms >= 900 and busy.longest_at_ms > 0 for busy in of_script)
    assert captured.session.milestones is not None
    assert (captured.session.milestones["total_blocking_time"] >= 800) is is_busy


class _Page(CdpSession):
    def __init__(self, told: object) -> None:
        super().__init__(CdpConnection(lambda _data: None), "1", TargetInfo(id="1", type="page"))
        self.told = told

    async def send(self, method: str, params: Any = None, *, timeout: float = 1.0) -> Any:
        if method == "Page.createIsolatedWorld":
            return {"executionContextId": 1}
        if self.told is CdpError:
            raise CdpError("no answer")
        return {"result": {"value": self.told}}


@pytest.mark.parametrize("told", [None, "no", {"blocking_ms": -1, "scripts": []}, CdpError])
async def test_a_page_that_cannot_tell_is_not_measured(told: object) -> None:
    assert await main_thread_of(_Page(told), TimeAxis()) is None
