"""Remote browsers, here in processes that the test starts."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import playwright
import pytest
from aiohttp import web

from core.config import Settings
from core.debugging.browser import BrowserChoice, find_browser
from core.debugging.browsers.browser_pool import BrowserPool
from core.debugging.browsers.debug_browser import DebugBrowser
from core.debugging.capture import capture
from core.errors import BrowserError
from core.models import ArtifactKind
from core.schemas.session_options import SessionOptions
from tests.core.debugging.busy_site import BusySite
from tests.core.debugging.test_capture import reached

CAN_BE_CONFINED = os.geteuid() != 0  # Chromium has no sandbox for root
OPTIONS = SessionOptions(has_screenshots=False, has_filmstrip=False)


@asynccontextmanager
async def running(*command: str) -> AsyncIterator[asyncio.StreamReader]:
    """Run a program during the block and yield its output; ends it with all its children."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, start_new_session=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        await process.communicate()


async def line_with(output: asyncio.StreamReader, words: str) -> str:
    async with asyncio.timeout(30):
        while words not in (line := (await output.readline()).decode()):
            assert line, f"the program ended without saying {words}"
    return line.strip()


@asynccontextmanager
async def listening_for_cdp(settings: Settings, folder: Path) -> AsyncIterator[str]:
    """Run a browser that listens for CDP, and yield its endpoint."""
    flags = ["--headless", "--remote-debugging-port=0", f"--user-data-dir={folder / 'profile'}"]
    sandbox = [] if CAN_BE_CONFINED else ["--no-sandbox"]
    async with running(str(find_browser(settings).executable), *flags, *sandbox) as output:
        listening = await line_with(output, "DevTools listening on ")
        yield f"http://{listening.rpartition('ws://')[2].partition('/')[0]}"


@asynccontextmanager
async def serving_by_playwright(settings: Settings, folder: Path) -> AsyncIterator[str]:
    """Run a Playwright server, and yield its endpoint."""
    driver = Path(playwright.__file__).parent / "driver"
    wishes = {"executablePath": str(find_browser(settings).executable), "chromiumSandbox": CAN_BE_CONFINED, "port": 0}
    config = folder / "server.json"
    config.write_text(json.dumps(wishes))
    command = (str(driver / "package" / "cli.js"), "launch-server", "--browser", "chromium", "--config", str(config))
    async with running(str(driver / "node"), *command) as output:
        yield await line_with(output, "ws://")


async def test_a_browser_that_listens_for_cdp_records_everything(
    browser_settings: Settings, site: BusySite, tmp_path: Path
) -> None:
    async with listening_for_cdp(browser_settings, tmp_path) as endpoint:
        settings = browser_settings.model_copy(update={"browser_endpoint": endpoint})

        captured = await capture(f"{site.url}/", OPTIONS, settings=settings)

    assert captured.session.success
    assert reached(captured.events, site) == site.counted


async def test_the_least_busy_endpoint_is_used_and_a_dead_one_skipped(
    browser_settings: Settings, tmp_path: Path, unused_tcp_port: int
) -> None:
    async with listening_for_cdp(browser_settings, tmp_path) as one:
        dead, other = f"http://127.0.0.1:{unused_tcp_port}", one.replace("127.0.0.1", "localhost")
        several = {"browser_endpoint": f"{dead},{one},{other}", "max_browsers": 3}
        pool = BrowserPool(browser_settings.model_copy(update=several))

        await asyncio.gather(pool.acquire(), pool.acquire())
        taken = sorted(str(choice.endpoint) for choice in pool._all.values())

        await pool.close()
    assert taken == [one, other]


async def test_a_playwright_server_serves_one_session_after_the_other(
    browser_settings: Settings, site: BusySite, tmp_path: Path
) -> None:
    async with serving_by_playwright(browser_settings, tmp_path) as endpoint:
        settings = browser_settings.model_copy(update={"browser_endpoint": endpoint})

        captured = [await capture(f"{site.url}/plain", OPTIONS, settings=settings) for _ in range(2)]

    assert [capture.session.success for capture in captured] == [True, True]
    assert reached([event for one in captured for event in one.events], site) == site.counted


@pytest.mark.parametrize("kind", [listening_for_cdp, serving_by_playwright])
async def test_a_remote_browser_makes_traces(
    browser_settings: Settings, site: BusySite, tmp_path: Path, kind: Callable[..., AbstractAsyncContextManager[str]]
) -> None:
    async with kind(browser_settings, tmp_path) as endpoint:
        settings = browser_settings.model_copy(update={"browser_endpoint": endpoint})
        options = OPTIONS.model_copy(update={"has_trace": True})

        captured = [await capture(f"{site.url}/plain", options, settings=settings) for _ in range(2)]

    assert [capture.session.success for capture in captured] == [True, True]
    assert all(artifact.kind == ArtifactKind.TRACE for one in captured for artifact in one.artifacts)
    assert [len(one.artifacts) for one in captured] == [1, 1]


async def test_an_endpoint_that_does_not_answer_is_named(settings: Settings, unused_tcp_port: int) -> None:
    endpoint = f"http://127.0.0.1:{unused_tcp_port}"

    with pytest.raises(BrowserError, match=f"No browser answers at WATCHWRIGHT_BROWSER_ENDPOINT={endpoint}"):
        await capture("http://localhost/", settings=settings.model_copy(update={"browser_endpoint": endpoint}))


async def test_a_browser_that_is_too_old_is_refused(settings: Settings) -> None:
    async def version(_request: web.Request) -> web.Response:
        return web.json_response({"Browser": "Chrome/90.0.4430.93", "webSocketDebuggerUrl": "ws://x/"})

    app = web.Application()
    app.router.add_get("/json/version", version)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    endpoint = f"http://127.0.0.1:{runner.addresses[0][1]}"

    with pytest.raises(BrowserError, match=r"is Chrome/90.0.4430.93, which is too old: Watchwright needs Chromium 120"):
        await capture("http://localhost/", settings=settings.model_copy(update={"browser_endpoint": endpoint}))

    await runner.cleanup()


async def test_an_invalid_host_name_is_a_browser_error(settings: Settings) -> None:
    with pytest.raises(BrowserError, match="No browser answers at WATCHWRIGHT_BROWSER_ENDPOINT=ws://browser..test: "):
        await capture(
            "http://localhost/", settings=settings.model_copy(update={"browser_endpoint": "ws://browser..test"})
        )


@pytest.mark.parametrize("scheme", ["http", "ws"])
async def test_errors_contain_no_secrets_of_the_endpoint(settings: Settings, scheme: str) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.Response(status=403)

    app = web.Application()
    app.router.add_get("/{path:.*}", refuse)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host = f"127.0.0.1:{runner.addresses[0][1]}"
    endpoint = f"{scheme}://ann:hush@{host}/hush?token=hush"

    with pytest.raises(BrowserError, match=f"WATCHWRIGHT_BROWSER_ENDPOINT={scheme}://{host}(:| cannot)") as refused:
        await capture("http://localhost/", settings=settings.model_copy(update={"browser_endpoint": endpoint}))

    assert "403" in str(refused.value) and "hush" not in str(refused.value)
    assert "\n" not in str(refused.value)
    await runner.cleanup()


@pytest.mark.parametrize(
    "endpoint", ["http://169.254.169.254:80", "ws://[fd00:ec2::254]/browser", "ws://metadata.test"]
)
async def test_an_endpoint_at_cloud_metadata_is_refused(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    if "metadata" in endpoint:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", lambda *_args, **_more: _told(found))

    with pytest.raises(BrowserError, match="may not be connected to: .* clouds keep"):
        await DebugBrowser.launch(BrowserChoice(endpoint=endpoint, source="a test"))


async def _told(found: list[Any]) -> list[Any]:
    return found
