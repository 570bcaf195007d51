"""Properties of the whole API: every error is a problem document, and the description is served locally."""

import re

import httpx
import pytest
from fastapi import FastAPI, routing
from starlette.routing import Match

from dashboard.api import include_api
from dashboard.problems import MEDIA_TYPE
from tests.accounts import HEADERS


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/v1", 404),
        ("GET", "/api/v2/websites", 404),
        ("QUERY", "/api/v1/nothing", 404),
        ("PUT", "/api/v1/websites", 405),
        ("POST", "/api/v1/debug-sessions", 422),
    ],
)
async def test_every_error_is_a_problem_document(
    client: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await client.request(method, path)

    assert answer.headers["content-type"] == "application/problem+json"
    assert set(answer.json()) - {"errors"} == {"type", "title", "status", "detail"}
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/api/v1/websites", "GET, HEAD, POST"),
        ("POST", "/healthz", "GET, HEAD"),
        ("PUT", "/api/v1/websites/1/checks", "GET, HEAD"),
        ("HEAD", "/api/v1/debug-sessions/1/stop", "POST"),
        ("TRACE", "/api/v1/websites", "GET, HEAD, POST"),
        ("TRACE", "/readyz", "GET, HEAD"),
        ("QUERY", "/api/v1/websites", "GET, HEAD, POST"),
        ("PROPFIND", "/metrics", "GET, HEAD"),
        ("PUT", "/api/v1/debug-sessions/import", "POST"),
        ("GET", "/api/v1/debug-sessions/import", "POST"),
        ("HEAD", "/api/v1/debug-sessions/import", "POST"),
        ("DELETE", "/api/v1/debug-sessions/import", "POST"),
        ("PATCH", "/api/v1/notification-rules/try", "POST"),
    ],
)
async def test_a_wrong_method_is_405_and_an_unknown_address_404(
    client: httpx.AsyncClient, method: str, path: str, allowed: str
) -> None:
    answer = await client.request(method, path)

    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    if method != "HEAD":
        assert answer.json()["detail"] == f"{path} does not allow {method}. Allowed: {allowed}."


async def test_a_wrong_method_is_405_below_a_path_prefix_too(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app, root_path="/watch")
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=HEADERS) as client:
        answer = await client.put("/watch/api/v1/websites")

    assert (answer.status_code, answer.headers.get("allow")) == (405, "GET, HEAD, POST")


async def test_the_description_contains_the_contract(client: httpx.AsyncClient) -> None:
    paths = set((await client.get("/api/openapi.json")).json()["paths"])

    ours = {
        "/api/v1/websites",
        "/api/v1/websites/{website_id}/checks",
        "/api/v1/websites/{website_id}/uptime",
        "/api/v1/websites/{website_id}/series",
        "/api/v1/websites/{website_id}/downtime-windows",
        "/api/v1/websites/{website_id}/debug-sessions",
        "/api/v1/debug-sessions",
        "/api/v1/debug-sessions/{session_id}",
        "/api/v1/debug-sessions/{session_id}/events",
        "/api/v1/debug-sessions/{session_id}/har",
        "/api/v1/debug-sessions/{session_id}/stop",
        "/healthz",
        "/readyz",
    }
    assert ours <= paths


async def test_the_documentation_page_loads_no_files(client: httpx.AsyncClient) -> None:
    page = await client.get("/api/docs")

    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert not re.search(r"<(script|link|img)|(href|src|url\()=?.?https?://", page.text)
    assert "/api/v1/websites/{website_id}" in page.text
    assert "`" not in page.text and "<code>{&#34;is_active&#34;: false}</code> pauses it" in page.text


async def test_the_documentation_page_has_the_theme_and_a_main_landmark(client: httpx.AsyncClient) -> None:
    page = await client.get("/api/docs", headers={"cookie": "watchwright-theme=dark"})

    assert '<body class="body--dark"><main>' in page.text and "</main></body>" in page.text


@pytest.mark.parametrize(
    ("method", "path", "content"),
    [
        ("POST", "/api/v1/debug-sessions", '{"website_id": 99999999999999999999999}'),
        ("POST", "/api/v1/debug-sessions/import?website_id=99999999999999999999999", '{"log": {"entries": []}}'),
        ("GET", "/api/v1/websites/1/checks?since=0001-01-01T00:00:00%2B14:00", None),
        ("GET", "/api/v1/websites/1/uptime?until=0001-01-01T00:00:00Z", None),
        ("GET", "/api/v1/websites/1/uptime?since=9999-12-31T23:59:59-14:00", None),
        ("POST", "/api/v1/websites", "{bad"),
    ],
    ids=["huge id", "huge id to import", "before time", "a span before time", "after time", "no JSON"],
)
async def test_extreme_values_are_refused_with_a_sentence(
    client: httpx.AsyncClient, method: str, path: str, content: str | None
) -> None:
    answer = await client.request(method, path, content=content, headers={"content-type": "application/json"})

    assert answer.status_code == 422
    assert answer.json()["detail"].endswith(".")


@pytest.mark.parametrize(
    ("content", "media_type", "detail"),
    [
        (b'{"url": "https://a.example"}', "text/plain", "Say that the body is JSON"),
        (
            b'{"url": "https://a.example/\xff"}',
            "application/json",
            "The body cannot be read. Send uncompressed UTF-8 JSON",
        ),
        (b'{"url": ' + b"[" * 100_000, "application/json", "The body cannot be read. Send uncompressed UTF-8 JSON"),
        (b'{"\\ud800": 1}', "application/json", "There is no field ?."),
        (
            b'{"url": "https://a.example", "check_options": {"\\ud800": 1}}',
            "application/json",
            "check_options.",
        ),
    ],
    ids=["not called JSON", "not UTF-8", "deep", "half a character as a field", "and below"],
)
async def test_an_unreadable_body_is_refused_with_a_sentence(
    client: httpx.AsyncClient, content: bytes, media_type: str, detail: str
) -> None:
    answer = await client.post("/api/v1/websites", content=content, headers={"content-type": media_type})

    assert answer.status_code in (400, 422)
    assert answer.json()["detail"].startswith(detail)


@pytest.mark.parametrize(
    ("path", "media_type"), [("/api/v1/configuration", MEDIA_TYPE), ("/metrics", "text/plain; charset=utf-8")]
)
async def test_an_unexpected_error_is_a_problem_document(app: FastAPI, path: str, media_type: str) -> None:
    app.state.runtime = None  # a state that only a programming error could cause
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=HEADERS) as client:
        answer = await client.get(path)

    assert (answer.status_code, answer.headers["content-type"]) == (500, media_type)
    assert "See the server log" in answer.text


def test_the_first_request_does_not_build_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    app = FastAPI()
    include_api(app)

    monkeypatch.setattr(routing, "_populate_api_route_state", None)
    asked = {"type": "http", "method": "GET", "path": "/api/v1/account", "root_path": "", "headers": []}
    assert Match.FULL in [route.matches(asked)[0] for route in app.router.routes]
