"""Requests copied as something to run: run, they send what the browser sent."""

import base64
import json
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from dashboard.components.waterfall.copies import Sent, as_curl, as_fetch, as_httpx

NASTY = 'it\'s "$HOME" `id` \\ $(touch /tmp/pwned) ; é\n'


@dataclass
class Echo:
    """A loopback server that remembers the last request."""

    url: str = ""
    seen: list[tuple[str, str, str | None, bytes]] = field(default_factory=list)


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            echo.seen.append((self.command, self.path, self.headers.get("x-note"), body))
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Access-Control-Allow-Headers", "*")
            self.send_header("Access-Control-Allow-Methods", "*")
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = do_PUT = do_OPTIONS = _answer  # noqa: N815 - the library names them

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    echo.url = f"http://127.0.0.1:{server.server_port}/a?b=1'2"
    yield echo
    server.shutdown()
    server.server_close()


def make_sent(url: str, payload: str | None = None, method: str = "POST", *, is_base64: bool = False) -> Sent:
    headers = [
        (":authority", "x"),
        ("Host", "elsewhere.example"),
        ("content-length", "9999"),
        ("x-note", "a 'b' \"c\""),
    ]
    return Sent(method=method, url=url, headers=headers, payload=payload, is_base64=is_base64)


@pytest.mark.parametrize(("payload", "method"), [(NASTY, "POST"), (NASTY, "PUT"), (None, "GET")])
def test_curl_sends_what_the_browser_sent(echo: Echo, payload: str | None, method: str) -> None:
    arguments = shlex.split(as_curl(make_sent(echo.url, payload, method)).replace("\\\n", ""))

    subprocess.run([*arguments, "--silent", "--noproxy", "*"], check=True, timeout=20)

    assert echo.seen == [(method, "/a?b=1'2", "a 'b' \"c\"", (payload or "").encode())]


def test_curl_sends_bytes(echo: Echo) -> None:
    payload = base64.b64encode(bytes(range(256))).decode()
    command = as_curl(make_sent(echo.url, payload, is_base64=True)) + " --silent --noproxy '*'"

    subprocess.run(["sh", "-c", command], check=True, timeout=20)

    assert echo.seen[0][3] == bytes(range(256))


def test_httpx_sends_what_the_browser_sent(echo: Echo) -> None:
    script = as_httpx(make_sent(echo.url, NASTY))

    subprocess.run([sys.executable, "-c", script], check=True, timeout=20, capture_output=True)

    assert echo.seen == [("POST", "/a?b=1'2", "a 'b' \"c\"", NASTY.encode())]


def test_httpx_sends_bytes(echo: Echo) -> None:
    payload = base64.b64encode(bytes(range(256))).decode()

    subprocess.run(
        [sys.executable, "-c", as_httpx(make_sent(echo.url, payload, is_base64=True))], check=True, timeout=20
    )

    assert echo.seen[0][3] == bytes(range(256))


def test_fetch_sends_what_the_browser_sent(echo: Echo, browser: Browser) -> None:
    page = browser.new_page()
    page.goto(echo.url)
    echo.seen.clear()

    page.evaluate(f"async () => {{ {as_fetch(make_sent(echo.url, NASTY))} }}")
    page.close()

    asked = [seen for seen in echo.seen if seen[0] == "POST"]
    assert asked == [("POST", "/a?b=1%272", "a 'b' \"c\"", NASTY.encode())]


def test_fetch_keeps_text_inside_its_string() -> None:
    text = as_fetch(make_sent('https://a.example/"});alert(1)//', '"</script>'))

    assert text.startswith("await fetch(" + json.dumps('https://a.example/"});alert(1)//'))
