"""A copied request, run by a shell, by Python and by a browser, reaches a server unchanged."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from core.debugging.copy_as import CopiedRequest, as_curl, as_fetch, as_httpx, shell_quoted
from tests.sites import LogEntry, Site, serve_site

HOSTILE = '\'; touch pwned; $(touch pwned) `touch pwned` "$HOME" !! %s %0A \\ \\n <script>alert(1)</script> – größe'
BYTES = bytes(range(256))

HEADERS = {
    "User-Agent": "Mozilla/5.0 (a browser)",
    "Accept": "*/*",
    "X-Note": '\'; touch pwned; $(touch pwned) `touch pwned` "$HOME" \\',
    "X-Twice": "one\ntwo",
}
REQUESTS = {
    "get": CopiedRequest(method="GET", url="/echo?q=a%20b&r=[1]{2}", headers=HEADERS),
    "hostile address": CopiedRequest(method="GET", url="/echo?q=';$(touch%20pwned)`id`!&x=%22", headers=HEADERS),
    "post": CopiedRequest(method="POST", url="/echo", headers=HEADERS | {"Content-Type": "text/plain"}, body=HOSTILE),
    "lines": CopiedRequest(method="PUT", url="/echo", headers=HEADERS, body="a\r\nb\tc\x1b[31m\u202e\u2028d'\\\n"),
    "file": CopiedRequest(method="POST", url="/echo", headers=HEADERS, body="@/etc/passwd"),
    "bytes": CopiedRequest(
        method="PATCH", url="/echo", headers=HEADERS, body=base64.b64encode(BYTES).decode(), is_base64=True
    ),
    "unknown method": CopiedRequest(method="PURGE", url="/echo", headers=HEADERS),
    "pseudo-headers": CopiedRequest(
        method="GET", url="/echo?h2", headers=HEADERS | {":path": "/echo", "@/etc/passwd": "x", "Content-Length": "99"}
    ),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serve_site() as site:
        yield site


def at(site: Site, request: CopiedRequest) -> CopiedRequest:
    site.log.clear()
    return CopiedRequest(
        method=request.method,
        url=site.url + request.url,
        headers=request.headers,
        body=request.body,
        is_base64=request.is_base64,
    )


def assert_same(entry: LogEntry, request: CopiedRequest) -> None:
    assert (entry.method, entry.target) == (request.method, request.url[request.url.index("/echo") :])
    assert entry.body == (request.data or b"")
    for name in ("User-Agent", "X-Note"):
        assert entry.header(name) == request.headers[name]
    assert [value for name, value in entry.headers if name == "X-Twice"] == ["one", "two"]
    assert entry.header("Content-Type") == request.headers.get("Content-Type")


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


@needs_curl
@pytest.mark.parametrize("name", REQUESTS)
def test_curl_sends_the_same_request_and_runs_nothing_else(name: str, site: Site, tmp_path: Path) -> None:
    request = at(site, REQUESTS[name])

    subprocess.run(["bash", "-c", as_curl(request)], cwd=tmp_path, check=True, capture_output=True, timeout=20)

    (entry,) = site.log
    assert_same(entry, request)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", REQUESTS)
def test_httpx_sends_the_same_request_and_runs_nothing_else(
    name: str, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = at(site, REQUESTS[name])
    monkeypatch.chdir(tmp_path)

    exec(as_httpx(request), {})  # a process for each would import httpx each time

    (entry,) = site.log
    assert entry.body == (request.data or b"") and entry.method == request.method
    assert entry.header("X-Note") == HEADERS["X-Note"]
    assert list(tmp_path.iterdir()) == []


def test_fetch_sends_the_same_request_in_a_browser(browser: Browser, site: Site) -> None:
    page = browser.new_page()

    for name in ("get", "post", "lines", "bytes", "file"):
        page.goto(site.url + "/plain")
        request = at(site, REQUESTS[name])
        page.evaluate(f"async () => {{ {as_fetch(request)} }}")
        (entry,) = site.log.of("/echo")
        assert (entry.method, entry.body) == (request.method, request.data or b"")
        assert entry.header("X-Note") == HEADERS["X-Note"]


@needs_curl
def test_curl_sends_content_length_0_for_an_empty_post(site: Site) -> None:
    request = at(site, CopiedRequest(method="POST", url="/echo", headers=HEADERS | {"Content-Length": "0"}))

    subprocess.run(["bash", "-c", as_curl(request)], check=True, capture_output=True, timeout=20)

    (entry,) = site.log
    assert (entry.method, entry.header("Content-Length"), entry.body) == ("POST", "0", b"")


@needs_curl
@pytest.mark.parametrize(
    ("value", "sent"),
    [("caf\xe9", b"caf\xe9"), ("c3=\xc3\xbc", "c3=ü".encode()), ("→", "→".encode())],
    ids=["latin-1", "UTF-8 as browsers tell of it", "beyond"],
)
def test_header_bytes_equal_those_of_the_browser(
    value: str, sent: bytes, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = at(site, CopiedRequest(method="GET", url="/echo", headers={"X-Note": value}))
    monkeypatch.chdir(tmp_path)

    subprocess.run(["bash", "-c", as_curl(request)], check=True, capture_output=True, timeout=20)
    exec(as_httpx(request), {})

    assert [(entry.header("X-Note") or "").encode("utf-8", "surrogateescape") for entry in site.log] == [sent, sent]


@needs_curl
def test_curl_does_not_wait_for_the_body_of_a_head_request(site: Site) -> None:
    request = at(site, CopiedRequest(method="HEAD", url="/json", headers={}))

    subprocess.run(["bash", "-c", as_curl(request)], check=True, capture_output=True, timeout=20)

    assert [entry.method for entry in site.log] == ["HEAD"]


def test_fetch_code_is_safe_in_a_script_element() -> None:
    request = CopiedRequest(method="POST", url="https://a.test/", headers={"X": "</script>"}, body="</script>\u2028")

    assert "<" not in as_fetch(request) and "\u2028" not in as_fetch(request)


@pytest.mark.parametrize(
    "text", ["", "plain", "a b", "it's", "$HOME", "-o", "a\nb", "\x1b[0m", "\u202egnp.exe", "größe", "!!"]
)
def test_quoted_text_is_one_shell_word(text: str) -> None:
    printed = subprocess.run(["bash", "-c", f"printf %s {shell_quoted(text)}"], capture_output=True, timeout=10)

    assert printed.stdout.decode() == text
    assert shell_quoted(text).isprintable()
