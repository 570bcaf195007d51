"""The described security schemes are the ones that the guard enforces."""

import httpx
import pytest

from tests.accounts import HEADERS

OPEN: list[dict[str, list[str]]] = []
SIGNED_IN: dict[str, list[str]] = {"signIn": []}


@pytest.mark.parametrize(
    ("method", "path", "ways"),
    [
        ("get", "/healthz", OPEN),
        ("get", "/metrics", [{"token": ["read"]}, SIGNED_IN]),
        ("get", "/api/v1/websites", [{"token": ["read"]}, SIGNED_IN]),
        ("post", "/api/v1/websites", [{"token": ["write"]}, SIGNED_IN]),
        ("post", "/api/v1/debug-sessions", [{"token": ["debug"]}, SIGNED_IN]),
        ("get", "/api/v1/tokens", [{"token": ["read"]}, SIGNED_IN]),
        ("post", "/api/v1/tokens", [SIGNED_IN]),
        ("get", "/api/v1/users", [SIGNED_IN]),
    ],
)
async def test_each_operation_describes_its_credentials(
    client: httpx.AsyncClient, method: str, path: str, ways: list[dict[str, list[str]]]
) -> None:
    described = (await client.get("/api/openapi.json")).json()

    assert described["paths"][path][method]["security"] == ways
    assert {name for way in ways for name in way} <= described["components"]["securitySchemes"].keys()


async def test_a_token_with_all_scopes_is_refused_where_a_person_is_needed(client: httpx.AsyncClient) -> None:
    described = (await client.get("/api/openapi.json")).json()["paths"]
    only_people = {
        (method, path)
        for path, methods in described.items()
        for method, operation in methods.items()
        if operation["security"] == [SIGNED_IN]
    }

    own = ("/api/v1/me", "/api/v1/users", "/api/v1/tokens")
    refused = set()
    asked = {(method, path) for path, methods in described.items() if path.startswith(own) for method in methods}
    for method, path in only_people | asked:
        answer = await client.request(method, path.translate({ord("{"): None, ord("}"): None}), headers=HEADERS)
        if answer.status_code == 403:
            refused.add((method, path))

    assert refused == only_people
