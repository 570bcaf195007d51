"""Each option of a session has its effect on the page and its server."""

import asyncio
import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web

from core.debugging.browsers.devices import OFTEN_USED, all_devices
from core.debugging.capture import Capture
from core.debugging.cdp.connection import CdpSession
from core.debugging.cdp.emulation import target_commands
from core.debugging.cdp.page_facts import vitals_of
from core.schemas.session_options import SessionOptions
from tests.core.debugging.warm_browser import WarmBrowser
from tests.waiting import until

PAGE = """<!doctype html><body style="height:4000px"><noscript><img src="/without-script.png"></noscript>
<button style="position:fixed;inset:0 auto auto 0;width:200px;height:200px">press</button><script>
document.querySelector("button").onclick = () => { const began = performance.now();
  while (performance.now() - began < 150); fetch("/pressed"); };
addEventListener("scroll", () => { if (scrollY > 2500) fetch("/scrolled"); });
(async () => {
  await fetch("/seen", {method: "POST", body: JSON.stringify({
    language: navigator.language, zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    number: (1.5).toLocaleString(), agent: navigator.userAgent, width: innerWidth, height: innerHeight,
    ratio: devicePixelRatio, touches: navigator.maxTouchPoints, cookie: document.cookie,
    hints: navigator.userAgentData.toJSON(), languages: navigator.languages,
    has_mouse: matchMedia("(hover: hover) and (pointer: fine)").matches, screen: [screen.width, screen.height]})});
  for (const _ of [1, 2]) await (await fetch("/cacheable")).text();
})();
</script>"""


@dataclass
class Mirror:
    """A website that records what it sees of its visitor."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    seen: dict[str, Any] = field(default_factory=dict)
    proxy_login: str = ""
    """The header that a proxy's client must send; without it the proxy sends a challenge."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.paths.append(request.path)
        self.headers.append(dict(request.headers))
        if self.proxy_login and request.headers.get("Proxy-Authorization") != self.proxy_login:
            return web.Response(status=407, headers={"Proxy-Authenticate": 'Basic realm="way out"'})
        if request.path == "/":
            return web.Response(text=PAGE, content_type="text/html")
        if request.path == "/framed":
            there = str(request.url.with_host("localhost").with_path("/third-party"))
            return web.Response(text=f'<iframe src="{there}"></iframe>', content_type="text/html")
        if request.path == "/third-party":
            taken = {"Set-Cookie": "seat=7; SameSite=None; Secure"}
            return web.Response(text="<script>fetch('/in-frame')</script>", content_type="text/html", headers=taken)
        if request.path == "/seen":
            self.seen = json.loads(await request.text())
        return web.Response(text="ok", headers={"Cache-Control": "max-age=100"})


@dataclass
class Visitor:
    """Visits the mirror."""

    browser: WarmBrowser
    mirror: Mirror

    def visit(self, url: str | None = None, **options: Any) -> Capture:
        self.mirror.paths.clear()
        self.mirror.headers.clear()
        chosen = SessionOptions.model_validate({"has_screenshots": False, "has_filmstrip": False, **options})
        return self.browser.run(self.browser.capture(url or self.mirror.url, chosen))


@pytest.fixture(scope="module")
def visitor(warm: WarmBrowser) -> Iterator[Visitor]:
    mirror = Mirror()
    serving = warm.run(_serve(mirror))
    yield Visitor(warm, mirror)
    warm.run(serving.cleanup())


async def _serve(mirror: Mirror) -> web.AppRunner:
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", mirror.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    mirror.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    return runner


def test_the_page_has_the_locale_and_time_zone_of_the_options(visitor: Visitor) -> None:
    visitor.visit(locale="de-DE", timezone="Asia/Tokyo")

    assert visitor.mirror.headers[0]["Accept-Language"].startswith("de-DE")
    assert (visitor.mirror.seen["language"], visitor.mirror.seen["zone"]) == ("de-DE", "Asia/Tokyo")
    assert visitor.mirror.seen["number"] == "1,5"


def test_a_visitor_has_a_mouse_and_a_screen_as_large_as_the_page(visitor: Visitor) -> None:
    visitor.visit()

    assert visitor.mirror.seen["has_mouse"] is True
    assert visitor.mirror.seen["screen"] == [1280, 800]


def test_a_locale_does_not_change_the_client_hints(visitor: Visitor) -> None:
    visitor.visit()
    own = visitor.mirror.seen["hints"]
    visitor.visit(locale="de-DE")

    assert visitor.mirror.seen["hints"] == own
    assert visitor.mirror.headers[0]["Sec-CH-UA-Mobile"] == "?0"
    assert visitor.mirror.headers[0]["Accept-Language"] == "de-DE,de;q=0.9"
    assert visitor.mirror.seen["languages"] == ["de-DE", "de"]


def test_a_device_sets_user_agent_density_and_touch(visitor: Visitor) -> None:
    visitor.visit(device="iPhone 15")

    assert "iPhone" in visitor.mirror.seen["agent"]
    assert (visitor.mirror.seen["ratio"], visitor.mirror.seen["touches"]) == (3, 1)
    assert visitor.mirror.seen["has_mouse"] is False


def test_a_chromium_phone_sends_matching_client_hints(visitor: Visitor) -> None:
    visitor.visit(device="Pixel 7")

    sent = visitor.mirror.headers[0]
    assert (sent["Sec-CH-UA-Platform"], sent["Sec-CH-UA-Mobile"]) == ('"Android"', "?1")
    assert "Chromium" in sent["Sec-CH-UA"]


@pytest.mark.parametrize(
    ("agent", "hints"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", "Windows 10.0"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 Chrome/156.0.0.0", "macOS 10.15.7"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 Chrome/156.0.0.0", "Chrome OS 14541.0.0"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0", "Linux"),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 Chrome/159.0 Mobile Safari/537.36", "Android 14"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", None),
        ("Uptime/1.0", None),
    ],
)
def test_client_hints_match_a_chromium_user_agent(agent: str, hints: str | None) -> None:
    commands = dict(target_commands(SessionOptions(user_agent=agent), None, target_type="page"))

    told = commands["Network.setUserAgentOverride"].get("userAgentMetadata")
    assert (f"{told['platform']} {told['platformVersion']}".rstrip() if told else None) == hints


def test_each_proposed_device_exists() -> None:
    assert set(OFTEN_USED) <= asyncio.run(all_devices()).keys()


def test_the_page_has_the_viewport_and_user_agent_of_the_options(visitor: Visitor) -> None:
    visitor.visit(viewport={"width": 640, "height": 480}, user_agent="Own/1.0")

    assert (visitor.mirror.seen["width"], visitor.mirror.seen["height"]) == (640, 480)
    assert visitor.mirror.seen["agent"] == visitor.mirror.headers[0]["User-Agent"] == "Own/1.0"


def test_headers_and_cookies_are_sent_and_http_only_is_respected(visitor: Visitor) -> None:
    cookies = [{"name": "a", "value": "1"}, {"name": "b", "value": "2", "is_http_only": True}]

    visitor.visit(extra_headers={"X-Own": "yes"}, cookies=cookies)

    assert visitor.mirror.headers[0]["X-Own"] == "yes"
    assert visitor.mirror.headers[0]["Cookie"] == "a=1; b=2"
    assert visitor.mirror.seen["cookie"] == "a=1"


def test_without_javascript_a_page_shows_its_noscript_content(visitor: Visitor) -> None:
    visitor.visit(is_javascript_enabled=False)

    assert "/without-script.png" in visitor.mirror.paths
    assert "/seen" not in visitor.mirror.paths


@pytest.mark.parametrize(("is_cache_enabled", "asked"), [(True, 1), (False, 2)], ids=["on", "off"])
def test_the_cache_answers_only_if_it_is_enabled(visitor: Visitor, is_cache_enabled: bool, asked: int) -> None:
    captured = visitor.visit(is_cache_enabled=is_cache_enabled)

    assert visitor.mirror.paths.count("/cacheable") == asked
    ends = [event for event in captured.events if event.url.endswith("/cacheable") and event.event_type == "RESPONSE"]
    assert [event.from_cache for event in ends] == [None, "disk" if is_cache_enabled else None]


def test_a_page_is_scrolled_to_its_end(visitor: Visitor) -> None:
    visitor.visit(is_scrolled=True)

    assert "/scrolled" in visitor.mirror.paths


def test_frames_of_other_sites_keep_their_cookies(visitor: Visitor) -> None:
    visitor.visit(f"{visitor.mirror.url}framed")

    of_frame = visitor.mirror.headers[visitor.mirror.paths.index("/in-frame")]
    assert of_frame["Cookie"] == "seat=7"


def test_offline_is_offline(visitor: Visitor) -> None:
    captured = visitor.visit(network_profile="offline")

    assert visitor.mirror.paths == []
    assert "ERR_INTERNET_DISCONNECTED" in (captured.session.error_message or "")


def test_a_sessions_proxy_gets_the_requests_of_the_page_only(visitor: Visitor) -> None:
    proxy = visitor.mirror.url.rstrip("/")  # the mirror also answers requests to a proxy

    captured = visitor.visit("http://far.invalid/through-proxy", proxy=proxy)

    assert captured.session.success
    assert {headers["Host"] for headers in visitor.mirror.headers} == {"far.invalid"}
    assert visitor.mirror.paths[0] == "/through-proxy"
    assert (captured.session.options or {})["proxy"] == proxy


@pytest.mark.parametrize(("password", "status"), [("pass word", 200), ("wrong", 407)], ids=["right", "wrong"])
def test_a_proxy_gets_the_credentials_of_its_url(visitor: Visitor, password: str, status: int) -> None:
    visitor.mirror.proxy_login = f"Basic {base64.b64encode(b'ann:pass word').decode()}"
    proxy = visitor.mirror.url.rstrip("/").replace("://", f"://ann:{quote(password)}@")

    captured = visitor.visit("http://far.invalid/through-proxy", proxy=proxy)

    visitor.mirror.proxy_login = ""
    answers = [event.status_code for event in captured.events if event.url.endswith("/through-proxy")]
    assert answers == [None, status]
    assert captured.session.success is (status == 200)
    assert base64.b64encode(b"ann:pass word").decode() not in str([event.request_headers for event in captured.events])


def test_a_slow_answer_to_a_click_is_the_interaction_to_next_paint(visitor: Visitor) -> None:
    vitals = visitor.browser.run(_vitals_of_a_click(visitor))

    assert "/pressed" in visitor.mirror.paths
    assert vitals["interaction_to_next_paint"] >= 150  # the duration of the page's handler


async def _vitals_of_a_click(visitor: Visitor) -> dict[str, float]:
    visitor.mirror.paths.clear()
    browser = await visitor.browser.pool.acquire()
    try:
        context_id = await browser.open_context(SessionOptions(), _Nobody())
        page = await browser.hub.open_page(context_id)
        await page.send("Page.navigate", {"url": visitor.mirror.url})
        await until(lambda: visitor.mirror.paths.count("/cacheable") > 0)
        for kind in ("mousePressed", "mouseReleased"):
            press = {"type": kind, "x": 50, "y": 50, "button": "left", "clickCount": 1}
            await page.send("Input.dispatchMouseEvent", press)
        await until(lambda: "/pressed" in visitor.mirror.paths)
        await page.send("Runtime.evaluate", {"expression": TWO_FRAMES, "awaitPromise": True})
        return await vitals_of(page)
    finally:
        await browser.close_context(context_id)
        await visitor.browser.pool.release(browser)


TWO_FRAMES = "new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 100))))"


class _Nobody:
    """A `TargetWatcher` that records nothing."""

    def prepare(self, session: CdpSession) -> None:
        session.post("Page.enable")

    def on_event(self, session: CdpSession, method: str, params: dict[str, Any]) -> None: ...

    def on_closed(self, session: CdpSession) -> None: ...
