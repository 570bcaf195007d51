"""The security headers of every answer, and that no page violates its own policy."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from core.clock import utc_now
from dashboard.theme import static
from dashboard.web.headers import ALWAYS, with_nonce
from tests.accounts import HEADERS, sign_in
from tests.dashboard.pages.seed import fill
from tests.e2e.server import Server

PATHS = (
    "/",
    "/websites/1",
    "/downtime",
    "/debug-sessions",
    "/debug-sessions/1",
    "/maintenance",
    "/settings",
    "/account",
    "/users",
    "/audit",
    "/search?q=acme",
    "/no-such-page",
    "/api/docs",
)


@pytest.mark.parametrize("path", ["/healthz", "/login", "/api/v1/websites", "/downtime", "/static/nothing"])
def test_every_response_has_the_headers(server: Server, path: str) -> None:
    for headers in (HEADERS, {}, {"host": "evil.example"}):
        answer = httpx.get(server.url + path, headers=headers)

        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS
        assert abs(parsedate_to_datetime(answer.headers["date"]) - utc_now()) < timedelta(minutes=1)
        assert path.startswith("/static/") or "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("coding", ["gzip", "identity"])
@pytest.mark.parametrize("path", ["/", "/downtime", "/no-such-page"])
def test_a_page_has_its_policy_however_it_is_compressed(server: Server, path: str, coding: str) -> None:
    answer = httpx.get(server.url + path, headers=HEADERS | {"accept": "text/html", "accept-encoding": coding})

    assert answer.headers.get("content-encoding", "identity") == coding
    nonce = answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
    assert nonce and f'<script nonce="{nonce}"' in answer.text


def test_the_socket_allows_no_other_origin(server: Server) -> None:
    asked = HEADERS | {"origin": "https://evil.example"}

    answer = httpx.get(f"{server.url}/_nicegui_ws/socket.io/?EIO=4&transport=polling", headers=asked)

    assert "access-control-allow-origin" not in answer.headers


def test_below_a_path_every_link_has_the_prefix(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_PUBLIC_URL", "https://example.org/watch")
    with Server(data_dir=tmp_path_factory.mktemp("below") / "data") as server:
        # The headers of a proxy that strips the path.
        seen = {"host": "example.org", "x-forwarded-proto": "https", "accept": "text/html"}
        led = httpx.get(f"{server.url}/downtime?tag=a", headers=seen)
        form = httpx.get(f"{server.url}/login", headers=seen)
        page = httpx.get(f"{server.url}/downtime", headers=seen | HEADERS)

    assert (led.status_code, led.headers["location"]) == (303, "/watch/login?next=/downtime%3Ftag%3Da")
    style = f'href="/watch{static("watchwright.css")}"'
    assert style in form.text
    assert 'action="/watch/login"' in form.text
    assert style in page.text
    assert '"/watch/_nicegui/' in page.text


def test_captured_text_gets_no_nonce() -> None:
    page = (
        b"<script>ours</script>parseElements(String.raw`<script>theirs`), {<script>`), {</script><script type=module>"
    )

    dressed = with_nonce(page, "n")

    assert dressed.count(b'<script nonce="n"') == 2
    assert b"<script>theirs" in dressed


def test_no_page_violates_its_policy(page: Page, server: Server, subtests: pytest.Subtests) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(_words(message)))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    for path in PATHS:
        with subtests.test(path=path):
            said.clear()
            page.goto(server.url + path, wait_until="networkidle")
            assert [words for words in said if "Content Security Policy" in words or "Error" in words] == []
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
    assert page.evaluate("window.pwned") is None


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(data_dir=tmp_path_factory.mktemp("headers") / "data")
    server.data_dir.mkdir()
    fill(server.data_dir)
    with server:
        yield server


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    sign_in(page.context)
    yield page
    page.context.close()


def _words(message: ConsoleMessage) -> str:
    return f"{message.type}: {message.text}"
