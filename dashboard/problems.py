"""Turns errors into RFC 9457 problem documents."""

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel

from core.errors import (
    AlreadyExists,
    BrowserError,
    ChangedMeanwhile,
    InvalidInput,
    NotAllowed,
    NotFound,
    StoreError,
    UnusableConfiguration,
    WatchwrightError,
)
from core.input_messages import problem_message
from core.schemas.base import sentence_of
from core.schemas.known_fields import words_at

MEDIA_TYPE = "application/problem+json"
STATUSES: tuple[tuple[type[WatchwrightError], int], ...] = (
    (AlreadyExists, 409),
    (ChangedMeanwhile, 412),
    (NotFound, 404),
    (NotAllowed, 403),
    (InvalidInput, 422),
    (BrowserError, 503),
    (StoreError, 503),
)


class Flaw(BaseModel):
    """One of several things that are wrong in a body."""

    pointer: str
    """Where, as RFC 6901 says it."""
    detail: str


class Problem(BaseModel):
    """RFC 9457: what went wrong, for programs (`status`) and people (`detail`)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[Flaw] | None = None
    """All that is wrong in a body, where several things can be."""


AS_PROBLEM = {"content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}}
"""The content of an OpenAPI response that is a `Problem`."""
# A reference by name: FastAPI would build a validator for the model three times per status and route.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: AS_PROBLEM | {"description": HTTPStatus(status).phrase} for status in (400, 401, 403, 404, 409, 422, 503)
}


def problem(
    status: int, detail: str, *, headers: Mapping[str, str] | None = None, errors: list[Flaw] | None = None
) -> Response:
    """Return a problem response of *status* with the sentence *detail*."""
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail, errors=errors)
    # Not FastAPI's JSON: *detail* may quote an unpaired surrogate, which UTF-8 cannot encode.
    content = json.dumps(body.model_dump(exclude_none=True), ensure_ascii=False, separators=(",", ":"))
    return Response(content.encode(errors="replace"), status, headers=dict(headers or {}), media_type=MEDIA_TYPE)


def problem_of(error: WatchwrightError) -> Response:
    """Return the response to one of our own errors; its message is the ``detail``."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    flaws = [flaw(path, words) for path, words in error.problems] if isinstance(error, UnusableConfiguration) else None
    return problem(status, str(error), errors=flaws)


def flaw(path: Sequence[str | int], detail: str) -> Flaw:
    """Return a `Flaw` at *path* of a body."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in path)
    return Flaw(pointer="".join(f"/{part}" for part in parts), detail=detail)


def validation_problem(error: RequestValidationError, body: type[BaseModel] | None) -> Response:
    """Return the response to an invalid request; its ``detail`` is the first problem of path, query or *body*."""
    problems = [_named(item, body) for item in error.errors()]
    first = problems[0]
    if first["type"] == "json_invalid":
        return problem(422, "The body is not valid JSON.")
    if first["type"] == "missing" and first["loc"] == ("body",):
        return problem(422, "The request has no body. Send the fields as a JSON object.")
    if first["type"] == "model_attributes_type" and isinstance(first["input"], bytes):
        return problem(422, "Say that the body is JSON, by the header Content-Type: application/json.")
    flaws = [flaw(item["loc"][1:], problem_message(item)) for item in problems if item["loc"][:1] == ("body",)] or None
    return problem(422, sentence_of(first, first["loc"][1:]), errors=flaws)


def _named(error: Any, body: type[BaseModel] | None) -> Any:
    """Return *error*. If *body* has no such field, its message suggests the field that was probably meant."""
    if body is None or error["type"] != "extra_forbidden":
        return error
    return {**error, "type": "value_error", "msg": words_at(body, error, error["loc"][1:])}
