"""The description says what holds of each operation."""

from typing import Any

import httpx
import pytest


@pytest.fixture
async def paths(client: httpx.AsyncClient) -> dict[str, Any]:
    described: dict[str, Any] = (await client.get("/api/openapi.json")).json()["paths"]
    return described


async def test_every_json_body_has_an_example(paths: dict[str, Any]) -> None:
    bodies = {
        f"{method} {path}": operation["requestBody"]["content"]["application/json"]
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }

    bare = [name for name, body in bodies.items() if "$ref" in body["schema"] and "example" not in body]

    assert bodies and not bare


async def test_reading_takes_one_condition_and_changing_the_other(paths: dict[str, Any]) -> None:
    def conditions(method: str) -> set[str]:
        operation = paths["/api/v1/websites/{website_id}"][method]
        headers = {str(one["name"]) for one in operation["parameters"] if one["in"] == "header"}
        return headers | {code for code in ("304", "412") if code in operation["responses"]}

    assert conditions("get") == {"If-None-Match", "304"}
    assert conditions("patch") == conditions("delete") == {"If-Match", "412"}


async def test_what_is_no_json_bears_no_tag(paths: dict[str, Any]) -> None:
    assert "304" not in paths["/api/v1/debug-sessions/{session_id}/csv"]["get"]["responses"]


async def test_what_goes_wrong_is_described_as_a_problem_and_as_nothing_else(client: httpx.AsyncClient) -> None:
    described: dict[str, Any] = (await client.get("/api/openapi.json")).json()

    answers = described["paths"]["/api/v1/websites/{website_id}"]["patch"]["responses"]

    assert answers["404"]["content"] == answers["412"]["content"]
    assert answers["404"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert {"Problem", "Flaw"} <= described["components"]["schemas"].keys()
