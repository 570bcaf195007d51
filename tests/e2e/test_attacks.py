"""Attacks by which others of this kind were broken, each against a whole server: SECURITY.md has the table."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN, HEADERS
from tests.command import run
from tests.e2e.server import Server

PASSWORD = "correct horse battery staple"
EVIL_URLS = (
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    " file:///etc/passwd",
    "view-source:file:///etc/passwd",
    "view-source:http://127.0.0.1/",
    "chrome://version",
    "javascript:alert(1)",
    "data:text/html,x",
    "ftp://127.0.0.1/",
    "//etc/passwd",
)
TRAVERSALS = (
    "/static/../../etc/passwd",
    "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%2f..%2f..%2fetc%2fpasswd",
    "/static//etc/passwd",
    "/static/%00",
    "/status/..%2f..%2fetc%2fpasswd",
    "/badge/..%2f..%2fetc%2fpasswd/status.svg",
    "/_nicegui/../../etc/passwd",
    "/_nicegui/static/..%2f..%2f..%2fetc%2fpasswd",
    "/_nicegui/3.0/components/..%2f..%2fetc%2fpasswd",
    "/api/v1/debug-sessions/1/artifacts/..%2f..%2fetc%2fpasswd",
    "/api/v1/debug-sessions/..%2f..%2f/har",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(data_dir=tmp_path_factory.mktemp("attacked") / "data") as server:
        yield server


@pytest.fixture
def administrator(server: Server) -> Iterator[httpx.Client]:
    """A browser of the administrator, which sends its cookie and no Origin."""
    with httpx.Client(base_url=server.url, headers={"Cookie": f"{COOKIE}={COOKIE_TOKEN}"}) as client:
        yield client


def make_editor(administrator: httpx.Client, name: str) -> None:
    account = {"name": name, "role": "EDITOR", "password": PASSWORD}
    assert administrator.post("/api/v1/users", json=account).status_code == 201


@contextmanager
def signed_in(server: Server, name: str) -> Iterator[httpx.Client]:
    """A browser in which *name* has signed in."""
    with httpx.Client(base_url=server.url) as client:
        assert client.post("/login", data={"name": name, "password": PASSWORD}).status_code == 303
        yield client


def test_a_planted_cookie_gives_no_access_after_a_sign_in(server: Server, administrator: httpx.Client) -> None:
    make_editor(administrator, "fixed")
    planted = {"Cookie": f"{COOKIE}=planted-by-somebody"}

    answer = httpx.post(f"{server.url}/login", data={"name": "fixed", "password": PASSWORD}, headers=planted)

    assert answer.status_code == 303
    assert answer.cookies[COOKIE] != "planted-by-somebody"
    assert httpx.get(f"{server.url}/api/v1/websites", headers=planted).status_code == 401


def test_a_new_password_ends_sign_ins(server: Server, administrator: httpx.Client) -> None:
    make_editor(administrator, "leaver")
    passwords = {"present": PASSWORD, "new": "another horse battery staple"}

    with signed_in(server, "leaver") as here, signed_in(server, "leaver") as stolen:
        assert here.put("/api/v1/me/password", json=passwords).status_code == 204
        after = [client.get("/api/v1/websites").status_code for client in (here, stolen)]

    assert after == [200, 401]
    again = httpx.post(f"{server.url}/login", data={"name": "leaver", "password": PASSWORD})
    assert again.status_code == 403


def test_an_expired_sign_in_is_refused(server: Server, administrator: httpx.Client) -> None:
    make_editor(administrator, "goer")
    with signed_in(server, "goer") as browser:
        kept = {"Cookie": f"{COOKIE}={browser.cookies[COOKIE]}"}
        browser.post("/logout")

    assert httpx.get(f"{server.url}/api/v1/websites", headers=kept).status_code == 401


@pytest.mark.parametrize(
    ("forwarded", "kept"),
    [("192.0.2.7", "192.0.2.7"), ("unknown", None), ("x" * 3_000, None)],
    ids=["an address", "a word", "long text"],
)
def test_only_an_ip_address_is_kept_from_a_proxy(
    server: Server, administrator: httpx.Client, forwarded: str, kept: str | None
) -> None:
    form = {"name": "nobody", "password": PASSWORD}

    answer = httpx.post(f"{server.url}/login", data=form, headers={"X-Forwarded-For": forwarded})

    assert answer.status_code == 403
    event, *_older = administrator.get("/api/v1/audit-events").json()["items"]
    assert (event["action"], event["address"]) == ("sign_in.fail", kept)


@pytest.mark.parametrize(
    ("told", "is_secure"),
    [
        ({"X-Forwarded-Proto": "http"}, False),
        ({"X-Forwarded-Proto": "https"}, True),
        ({"Origin": "http://{host}"}, False),
        ({"Origin": "https://{host}"}, True),
    ],
    ids=["a proxy without TLS", "a proxy with TLS", "a browser without TLS", "a browser before a silent proxy"],
)
def test_scripts_and_other_sites_cannot_use_the_cookie(
    server: Server, administrator: httpx.Client, told: dict[str, str], is_secure: bool
) -> None:
    [(header, value)] = told.items()
    make_editor(administrator, name := f"cookie-{header}-{is_secure}")

    answer = httpx.post(
        f"{server.url}/login",
        data={"name": name, "password": PASSWORD},
        headers={header: value.format(host=server.url.partition("//")[2])},
    )

    (cookie,) = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/" in cookie
    assert ("Secure" in cookie) is is_secure


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1:1", "http://127.0.0.1.evil.example"]
)
def test_requests_from_another_origin_change_nothing(administrator: httpx.Client, origin: str) -> None:
    operations = administrator.get("/api/openapi.json").json()["paths"]
    changing = [(method, path) for path, methods in operations.items() for method in methods if method != "get"]
    assert len(changing) > 30

    for method, path in [*changing, ("post", "/login"), ("post", "/logout")]:
        answer = administrator.request(method, path.replace("{", "").replace("}", ""), headers={"Origin": origin})
        assert answer.status_code == 403, (method, path)
    assert administrator.get("/api/v1/me").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example", "Cookie": f"{COOKIE}={COOKIE_TOKEN}"},
        {"Origin": "null", "Cookie": f"{COOKIE}={COOKIE_TOKEN}"},
        {"Cookie": f"{COOKIE}=wrong"},
        {},
    ],
    ids=["another origin", "a sandboxed frame", "a wrong cookie", "nobody"],
)
def test_a_socket_without_a_sign_in_is_refused(server: Server, headers: dict[str, str]) -> None:
    address = f"{server.url.replace('http', 'ws')}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"

    with pytest.raises(InvalidStatus) as refused, connect(address, additional_headers=headers):
        pass

    assert refused.value.response.status_code == 403


@pytest.mark.parametrize("path", ["/login", "/login/code", "/acknowledge", "/status/page/enter"])
def test_a_form_that_is_too_large_is_refused(server: Server, path: str) -> None:
    answer = httpx.post(f"{server.url}{path}", data={"name": "a" * 100_000})

    assert answer.status_code == 413


@pytest.mark.parametrize("path", TRAVERSALS)
def test_paths_outside_the_served_folders_are_not_found(server: Server, path: str) -> None:
    with httpx.Client(headers=HEADERS) as client:
        request = client.build_request("GET", server.url)
        request.url = request.url.copy_with(raw_path=path.encode())  # as it is: a client of good will would tidy it up
        answer = client.send(request)

    assert answer.status_code in (400, 404, 422), answer.text[:200]
    assert "root:x:" not in answer.text  # a page's style has a ":root:has(…)"


@pytest.mark.parametrize("url", EVIL_URLS)
def test_only_http_urls_are_accepted(administrator: httpx.Client, url: str) -> None:
    website = administrator.post("/api/v1/websites", json={"url": "https://kept.example/"})
    website_id = website.json().get("id", 1)
    document = {"version": 1, "websites": [{"url": url, "name": "evil"}]}

    answers = [
        administrator.post("/api/v1/websites", json={"url": url}),
        administrator.patch(f"/api/v1/websites/{website_id}", json={"url": url}),
        administrator.put("/api/v1/configuration", json=document),
        administrator.post("/api/v1/websites", json={"url": "https://a.example/", "check_options": {"proxy": url}}),
        administrator.post("/api/v1/websites", json={"url": "https://a.example/", "session_defaults": {"proxy": url}}),
        administrator.post(
            "/api/v1/notification-channels", json={"name": "evil", "kind": "WEBHOOK", "address": {"url": url}}
        ),
        administrator.post(
            "/api/v1/debug-sessions", json={"website_id": website_id, "url": url, "options": {"proxy": url}}
        ),
    ]

    assert [answer.status_code for answer in answers] == [422] * len(answers), [answer.text for answer in answers]
    kept: list[dict[str, Any]] = administrator.get("/api/v1/websites", params={"page_size": 1_000}).json()["items"]
    assert all(one["url"].startswith("https://") for one in kept)


@pytest.mark.parametrize("command", [("check",), ("debug",), ("website", "add")], ids=" ".join)
def test_the_command_line_accepts_no_file_urls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path))

    ran = run(*command, "file:///etc/passwd")

    assert ran.returncode == 2, ran.stdout + ran.stderr
    assert "root:" not in ran.stdout + ran.stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "sitemap.xml",
            "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{url}</loc></url></urlset>",
        ),
        ("targets.json", '[{{"targets": ["{url}"]}}]'),
        ("gatus.yaml", "endpoints:\n  - name: evil\n    url: '{url}'\n    conditions: ['[STATUS] == 200']\n"),
        ("list.txt", "{url}\n"),
    ],
    ids=["sitemap", "Prometheus", "Gatus", "list"],
)
def test_imports_accept_no_file_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str) -> None:
    (tmp_path / name).write_text(content.format(url="file:///etc/passwd"))
    monkeypatch.setenv("WATCHWRIGHT_DATA_DIR", str(tmp_path / "data"))

    run("import", str(tmp_path / name))

    store = tmp_path / "data" / "watchwright.sqlite3"
    assert store.exists()
    with closing(sqlite3.connect(store)) as db:
        assert db.execute("SELECT url FROM websites").fetchall() == []


def test_a_file_named_in_a_har_is_not_opened(administrator: httpx.Client) -> None:
    website = administrator.post("/api/v1/websites", json={"url": "https://har.example/"}).json()["id"]
    request: dict[str, Any] = {
        "method": "GET",
        "url": "file:///etc/passwd",
        "headers": [],
        "httpVersion": "",
        "cookies": [],
    }
    request |= {"queryString": [], "headersSize": -1, "bodySize": -1}
    response: dict[str, Any] = {
        "status": 200,
        "statusText": "",
        "headers": [],
        "cookies": [],
        "httpVersion": "",
        "redirectURL": "",
    }
    response |= {"content": {"size": 0, "mimeType": ""}, "headersSize": -1, "bodySize": -1}
    entry: dict[str, Any] = {
        "startedDateTime": "2026-01-01T00:00:00Z",
        "time": 1,
        "request": request,
        "response": response,
    }
    entry |= {"cache": {}, "timings": {"send": 0, "wait": 1, "receive": 0}}
    har = {"log": {"version": "1.2", "creator": {"name": "evil", "version": "1"}, "entries": [entry]}}

    answer = administrator.post(f"/api/v1/debug-sessions/import?website_id={website}", json=har)

    told = administrator.get(f"/api/v1/debug-sessions/{answer.json().get('id')}/har").text
    assert answer.status_code in (201, 422), answer.text
    assert "root:" not in told
