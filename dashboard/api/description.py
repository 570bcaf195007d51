"""Builds the OpenAPI description from the routes, and adds conditional headers, credentials and examples."""

from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic.json_schema import models_json_schema

from core.schemas.field_texts import describe_fields
from dashboard.api import credentials
from dashboard.api.examples import BODIES
from dashboard.problems import AS_PROBLEM, Problem

ABOUT = (
    "Websites, their checks, downtime windows and debug sessions. Errors are RFC 9457 problems. JSON responses have an "
    "ETag. Send it as If-None-Match to get 304 if nothing has changed. Send it as If-Match with a change to get 412 if "
    "somebody else changed the resource first. A request body may contain the read-only fields of a response, which "
    "are ignored. Any other unknown field is refused."
)
CHANGES = ("patch", "put", "delete")
TAKEN = ("Configuration", "WatchwrightConfiguration")
"""A schema and its name in the description, which is also the class name in generated clients."""
TAG = {
    "ETag": {
        "schema": {"type": "string"},
        "description": "The version of the response, for If-None-Match and If-Match.",
    }
}
LOCATION = {"Location": {"schema": {"type": "string"}, "description": "The URL of the created resource."}}
IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of your copy. Returns 304 if it is current.",
}
IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "The ETag of the version you change. Returns 412 without changes if it is outdated.",
}


def describe(app: FastAPI, prefix: str) -> dict[str, Any]:
    """Return the description of *app*. Operations below *prefix* get ETags and conditional headers."""
    document = get_openapi(title="Watchwright", version="v1", description=ABOUT, routes=app.routes)
    _, problems = models_json_schema([(Problem, "serialization")], ref_template="#/components/schemas/{model}")
    document["components"]["schemas"] |= problems["$defs"]
    describe_fields(document["components"]["schemas"])
    document["components"]["securitySchemes"] = credentials.SCHEMES
    read = {path.rpartition("/{")[0] for path, methods in document["paths"].items() if "get" in methods}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operation["security"] = credentials.requirement(method, path)
            _close_body(operation, document["components"]["schemas"])
            _shape_answers(operation)
            if path.startswith(prefix):
                _give_conditions(method, operation, is_readable="get" in methods)
            if method == "post" and path.removesuffix("/import") in read:
                _give_location(operation)
    return _renamed(document, *TAKEN)


def _renamed(document: dict[str, Any], name: str, other: str) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    schemas[other] = schemas.pop(name)
    at, there = (f'"#/components/schemas/{model}"'.encode() for model in (name, other))
    renamed: dict[str, Any] = orjson.loads(orjson.dumps(document).replace(at, there))
    return renamed


def _close_body(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say that the body has no other fields, and add its example."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    name = str(body["schema"].get("$ref", "")).rpartition("/")[2] if body else ""
    if name:
        schemas[name]["additionalProperties"] = False
    if name in BODIES:
        body["example"] = BODIES[name]


def _shape_answers(operation: dict[str, Any]) -> None:
    """Add the missing schemas of files and texts, without which generated clients drop them."""
    for answer in operation["responses"].values():
        for media_type, content in answer.get("content", {}).items():
            if not content.get("schema"):
                content["schema"] = _shape(media_type)


def _shape(media_type: str) -> dict[str, Any]:
    if media_type == "application/json":
        return {"type": "object"}
    is_text = media_type.startswith("text/") or media_type in {"application/jsonl", "application/openmetrics-text"}
    return {"type": "string"} if is_text else {"type": "string", "format": "binary"}


def _give_location(operation: dict[str, Any]) -> None:
    made = next(answer for code, answer in operation["responses"].items() if code in ("201", "202"))
    made["headers"] = made.get("headers", {}) | LOCATION


def _give_conditions(method: str, operation: dict[str, Any], *, is_readable: bool) -> None:
    good: dict[str, Any] = next(
        (operation["responses"][code] for code in ("200", "201") if code in operation["responses"]), {}
    )
    bears_tag = "application/json" in good.get("content", {})
    if bears_tag:
        good["headers"] = good.get("headers", {}) | TAG
    if method == "get" and bears_tag:
        operation.setdefault("parameters", []).append(IF_NONE_MATCH)
        operation["responses"]["304"] = {"description": "Not Modified", "headers": TAG}
    elif method in CHANGES and is_readable:
        operation.setdefault("parameters", []).append(IF_MATCH)
        operation["responses"]["412"] = AS_PROBLEM | {"description": "Precondition Failed"}
