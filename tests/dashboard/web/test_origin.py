"""Requests by scripts of other sites are refused; those of people and programs are not."""

import httpx
import pytest
from fastapi import FastAPI

from dashboard.access import COOKIE
from tests.accounts import COOKIE_TOKEN, HEADERS
from tests.dashboard.conftest import PUBLIC_URL

WEBSITES = "/api/v1/websites"
BODY = {"url": "https://example.org"}


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://127.0.0.1:8080"},
        {"host": "localhost:8080", "origin": "http://localhost:8080"},
        {"host": "[::1]:8080"},
        {"host": "watch.example.org", "origin": "https://watch.example.org"},
        {"host": "127.0.0.1:8080", "origin": "https://watch.example.org"},
        {"host": "127.0.0.1:80", "origin": "http://127.0.0.1"},
        {"host": "127.0.0.1", "origin": "https://127.0.0.1"},
    ],
    ids=[
        "a program",
        "our own page",
        "by name",
        "IPv6",
        "a proxy",
        "a proxy that sets the host",
        "the usual port",
        "a silent proxy",
    ],
)
async def test_our_own_requests_pass(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    assert (await client.post(WEBSITES, json=BODY, headers=headers)).status_code == 201


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:9999"},
        {"host": "watch.example.org", "origin": "https://watch.example.org:9999"},
        {"host": "watch.example.org", "origin": "https://watch.example.org:99999"},
        {"origin": "127.0.0.1:8080"},
        {"host": "evil.example", "origin": "http://evil.example"},
        {"host": "127.0.0.1.evil.example"},
    ],
    ids=[
        "another site",
        "a sandboxed frame",
        "another port",
        "another port of the proxy",
        "no port",
        "no scheme",
        "a rebound name",
        "a name like ours",
    ],
)
async def test_foreign_requests_are_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post(WEBSITES, json=BODY, headers=headers)

    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get(WEBSITES)).json()["total"] == 0


async def test_a_page_over_http_must_not_act_over_https(app: FastAPI) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL, headers=HEADERS) as client:
        forged = await client.post(WEBSITES, json=BODY, headers={"origin": PUBLIC_URL.replace("https", "http")})
        ours = await client.post(WEBSITES, json=BODY, headers={"origin": PUBLIC_URL})

    assert (forged.status_code, ours.status_code) == (403, 201)


async def test_reading_through_a_rebound_name_is_refused_too(client: httpx.AsyncClient) -> None:
    answer = await client.get(WEBSITES, headers={"host": "evil.example"})

    assert answer.status_code == 403
    assert "WATCHWRIGHT_PUBLIC_URL" in answer.json()["detail"]


@pytest.mark.parametrize("headers", [{"host": "["}, {"origin": "http://["}], ids=["host", "origin"])
async def test_an_invalid_host_is_refused(client: httpx.AsyncClient, headers: dict[str, str]) -> None:
    answer = await client.post(WEBSITES, json=BODY, headers=headers)

    assert answer.status_code == 403


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.parametrize("name", ["watchwright-2:8080", ""], ids=["of a container", "none, as by HTTP/1.0"])
async def test_health_checks_may_use_any_host(client: httpx.AsyncClient, path: str, name: str) -> None:
    assert (await client.get(path, headers={"host": name})).status_code == 200
    assert (await client.head(path, headers={"host": name})).status_code == 200
    assert (await client.post(path, headers={"host": name})).status_code == 403


@pytest.mark.parametrize("host", ["watchwright:8080", ""])
async def test_metrics_may_use_any_host(client: httpx.AsyncClient, host: str) -> None:
    assert (await client.get("/metrics", headers={"host": host})).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/metrics", {"authorization": "Bearer made-up"}, 401),
        ("/metrics", {"authorization": "", "cookie": f"{COOKIE}={COOKIE_TOKEN}"}, 403),
        ("/metrics", {"authorization": ""}, 403),
        (WEBSITES, {}, 403),
        ("/login", {}, 403),
    ],
    ids=["no token that holds", "a cookie", "nothing", "the API", "signing in"],
)
async def test_any_host_is_accepted_for_these_only(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    assert (await client.get(path, headers={"host": "evil.example", **headers})).status_code == status


async def test_a_request_without_a_host_is_told_so(client: httpx.AsyncClient) -> None:
    answer = await client.get(WEBSITES, headers={"host": ""})

    assert (answer.status_code, answer.json()["detail"][:31]) == (403, "The request has no Host header.")
