"""Refuses unknown names in a request, as a misspelt field would silently get its default.

A field that is given twice is refused as well, as JSON parsers silently take the last one.

Read-only fields of responses are ignored, so that a response can be changed and sent back. In a query only names that
resemble a parameter are refused, as proxies and caches add names of their own.
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from fastapi import Request
from fastapi.dependencies.utils import get_flat_params
from fastapi.exceptions import RequestValidationError
from fastapi.params import Query
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.routing import BaseRoute

from core.input_messages import nearest, no_such
from core.schemas.base import ListResponse

NOUN = re.compile(r"/api/v1/[a-z-]+")


async def refuse_unknown(request: Request) -> None:
    """Refuse a request whose query or body contains unknown or repeated names.

    Raises:
        RequestValidationError: It does; the message suggests the name that was probably meant.
    """
    route: APIRoute = request.scope["route"]
    known = [field.alias for field in get_flat_params(route.dependant) if isinstance(field.field_info, Query)]
    flaws = [
        _error("query", name, no_such(name, known, kind="parameter"))
        for name in request.query_params
        if name not in known and nearest(name, known)
    ]
    body = body_of(route)
    if body:
        sent: Any = None
        twice: list[str] = []
        with suppress(ValueError):  # the route refuses invalid JSON itself
            sent, twice = _parsed(await request.body())  # FastAPI has read and cached it
        flaws += [_error("body", name, f"The field {name} is given twice. Remove one") for name in twice]
        if isinstance(sent, dict) and (unknown := [name for name in sent if name not in body.model_fields]):
            answered = _answered(route, request.app.routes)
            flaws += [
                _error("body", name, no_such(name, body.model_fields)) for name in unknown if name not in answered
            ]
    if flaws:
        raise RequestValidationError(flaws)


def _parsed(body: bytes) -> tuple[Any, list[str]]:
    """Return *body* as JSON, and the names that one of its objects repeats (RFC 8259, 4)."""
    twice: list[str] = []

    def made(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name, value in pairs:
            if name in fields:
                twice.append(name)
            fields[name] = value
        return fields

    return json.loads(body, object_pairs_hook=made), twice


def body_of(route: APIRoute) -> type[BaseModel] | None:
    """Return the model of the route's body; None if it takes no body with fields."""
    return _model(route.body_field.field_info.annotation) if route.body_field else None


def _answered(route: APIRoute, routes: Iterable[BaseRoute]) -> set[str]:
    """Return the fields in responses of *route* and of a GET of the same noun."""
    noun = NOUN.match(route.path)
    address = re.compile(rf"{re.escape(noun[0])}(/{{\w+}})?" if noun else r"(?!)")
    about = [candidate for candidate in routes if isinstance(candidate, APIRoute) and address.fullmatch(candidate.path)]
    models = [_model(candidate.response_model) for candidate in (route, *about)]
    return {
        name
        for model in models
        if model and not issubclass(model, ListResponse)
        for name in (*model.model_fields, *model.model_computed_fields)
    }


def _model(kind: Any) -> type[BaseModel] | None:
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _error(place: str, name: str, words: str) -> dict[str, Any]:
    return {"type": "value_error", "loc": (place, name), "msg": words, "input": None}
