"""The OpenAPI description matches each operation."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.accounts import HEADERS


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


async def test_reads_take_if_none_match_and_changes_if_match(paths: dict[str, Any]) -> None:
    def conditions(method: str) -> set[str]:
        operation = paths["/api/v1/websites/{website_id}"][method]
        headers = {str(one["name"]) for one in operation["parameters"] if one["in"] == "header"}
        return headers | {code for code in ("304", "412") if code in operation["responses"]}

    assert conditions("get") == {"If-None-Match", "304"}
    assert conditions("patch") == conditions("delete") == {"If-Match", "412"}


async def test_only_json_responses_have_an_etag(paths: dict[str, Any]) -> None:
    assert "304" not in paths["/api/v1/debug-sessions/{session_id}/csv"]["get"]["responses"]


async def test_errors_are_described_as_problem_documents(client: httpx.AsyncClient) -> None:
    described: dict[str, Any] = (await client.get("/api/openapi.json")).json()

    answers = described["paths"]["/api/v1/websites/{website_id}"]["patch"]["responses"]

    assert answers["404"]["content"] == answers["412"]["content"]
    assert answers["404"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert {"Problem", "Flaw"} <= described["components"]["schemas"].keys()


async def test_generated_clients_use_our_function_names(paths: dict[str, Any]) -> None:
    ids = [operation["operationId"] for methods in paths.values() for operation in methods.values()]

    assert len(set(ids)) == len(ids)
    assert {"list_websites", "start_debug_session", "healthz", "get_metrics"} <= set(ids)
    assert not [name for name in ids if "api_v1" in name]


async def test_creating_returns_a_location(paths: dict[str, Any]) -> None:
    def bears_location(path: str, code: str) -> bool:
        return "Location" in paths[f"/api/v1/{path}"]["post"]["responses"][code].get("headers", {})

    assert bears_location("websites", "201") and bears_location("debug-sessions/import", "201")
    assert bears_location("debug-sessions", "202")
    assert not bears_location("tokens", "201") and not bears_location("debug-sessions/{session_id}/stop", "202")


async def test_generated_clients_get_all_responses_and_no_name_clash(client: httpx.AsyncClient) -> None:
    described: dict[str, Any] = (await client.get("/api/openapi.json")).json()

    answers = {
        f"{method} {path} {code} {media_type}": content
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
        for code, answer in operation["responses"].items()
        for media_type, content in answer.get("content", {}).items()
    }
    assert answers and not [name for name, content in answers.items() if not content.get("schema")]
    assert "Configuration" not in described["components"]["schemas"]  # a class of openapi-generator's clients
    applied = described["paths"]["/api/v1/configuration"]["put"]["requestBody"]["content"]["application/json"]
    assert applied["schema"] == {"$ref": "#/components/schemas/WatchwrightConfiguration"}


@pytest.mark.parametrize(("root", "url"), [("", "/"), ("/watch", "/watch")])
async def test_the_description_names_the_path_prefix(app: FastAPI, root: str, url: str) -> None:
    transport = httpx.ASGITransport(app, root_path=root)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080", headers=HEADERS) as client:
        told = (await client.get(f"{root}/api/openapi.json")).json()

    assert told["servers"] == [{"url": url}]


async def test_fields_are_described_and_objects_closed(client: httpx.AsyncClient) -> None:
    schemas: dict[str, Any] = (await client.get("/api/openapi.json")).json()["components"]["schemas"]

    website = schemas["WebsiteCreate"]["properties"]

    assert website["check_interval"]["description"] == "Seconds from one check to the next."
    assert website["check_options"]["anyOf"] == [{"$ref": "#/components/schemas/CheckOptions"}, {"type": "null"}]
    assert schemas["WebsiteRead"]["properties"]["check_options"]["anyOf"] == website["check_options"]["anyOf"]
    assert schemas["CheckOptions"]["properties"]["body_contains"]["description"].startswith("Text that the body")
    assert {
        one["$ref"].rpartition("/")[2] for one in schemas["NotificationChannelCreate"]["properties"]["address"]["anyOf"]
    } == {
        "AppriseAddress",
        "WebhookAddress",
        "EmailAddress",
    }
