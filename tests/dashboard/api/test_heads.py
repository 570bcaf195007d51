"""HEAD answers as GET does, without the body."""

import httpx
import pytest

MOVING = {"date", "content-length"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/healthz", 200),
        ("/readyz", 200),
        ("/metrics", 200),
        ("/api/openapi.json", 200),
        ("/api/v1/websites", 200),
        ("/api/v1/websites/99", 404),
        ("/api/v1/nothing", 404),
        ("/api/v1/websites?page=0", 422),
    ],
)
async def test_every_get_route_answers_head(client: httpx.AsyncClient, path: str, status: int) -> None:
    whole = await client.get(path)
    head = await client.head(path)

    assert (head.status_code, head.content) == (whole.status_code, b"")
    assert whole.status_code == status
    assert {name: value for name, value in head.headers.items() if name not in MOVING} == {
        name: value for name, value in whole.headers.items() if name not in MOVING
    }


@pytest.mark.parametrize("path", ["/", "/login", "/static/favicon.svg", "/websites/99", "/status/none"])
async def test_pages_answer_head_too(client: httpx.AsyncClient, path: str) -> None:
    assert (await client.head(path)).status_code == (await client.get(path)).status_code


async def test_a_head_can_answer_304(client: httpx.AsyncClient) -> None:
    tag = (await client.head("/api/v1/websites")).headers["etag"]

    assert (await client.head("/api/v1/websites", headers={"If-None-Match": tag})).status_code == 304


async def test_a_head_without_a_token_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.head("/api/v1/websites", headers={"authorization": ""})).status_code == 401
