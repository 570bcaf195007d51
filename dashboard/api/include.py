"""Adds the API's routers, middleware and error handlers to the application."""

from collections.abc import Iterator, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Route, compile_path
from starlette.types import Receive, Scope, Send

from core.errors import WatchwrightError
from dashboard.access import route_path
from dashboard.api import (
    accounts,
    configuration,
    debug_sessions,
    docs_page,
    downtime_windows,
    health,
    maintenance_windows,
    metrics,
    monthly_reports,
    notifications,
    regions,
    search,
    session_exports,
    status_pages,
    uptime_report,
    websites,
)
from dashboard.api.conditional import Conditional
from dashboard.api.description import describe
from dashboard.api.heads import Heads
from dashboard.api.location import LocationBelow
from dashboard.api.noun_router import PREFIX
from dashboard.api.spans import Spans
from dashboard.api.unknown import body_of
from dashboard.problems import problem, problem_of, validation_problem
from dashboard.theme_choice import body_class

READING = {"GET", "HEAD"}
OUTSIDE = ("/healthz", "/readyz", "/metrics", "/api/docs", "/api/openapi.json")
"""Read-only addresses that are not below `PREFIX`."""
UNREADABLE = "The body cannot be read. Send uncompressed UTF-8 JSON that is not nested too deeply."
OUR_MISTAKE = "Internal error in Watchwright. See the server log."


def include_api(app: FastAPI) -> None:
    """Add health, REST v1, its description and its documentation page to *app*."""
    nouns = (
        health,
        metrics,
        websites,
        regions,
        downtime_windows,
        maintenance_windows,
        debug_sessions,
        session_exports,
        search,
        notifications,
        configuration,
        status_pages,
        uptime_report,
        monthly_reports,
        accounts,
    )
    for noun in nouns:
        app.router.routes += _with_fixed_paths(noun.router.routes)

    @app.get("/api/openapi.json", include_in_schema=False)
    def openapi(request: Request) -> JSONResponse:
        return JSONResponse(_description(request.app) | {"servers": [{"url": request.scope.get("root_path") or "/"}]})

    @app.get("/api/docs", include_in_schema=False)
    def docs(request: Request) -> HTMLResponse:
        page = docs_page.render(_description(request.app), body_class=body_class(request.cookies))
        return HTMLResponse(page, headers=docs_page.HEADERS)

    app.add_middleware(Conditional, prefix=f"{PREFIX}/")
    app.add_middleware(Heads)
    app.add_middleware(LocationBelow)
    app.add_middleware(Spans, prefix=f"{PREFIX}/")
    for path in (*OUTSIDE, "/api", "/api/{path:path}"):  # otherwise the pages' application would answer
        app.router.routes.append(Route(path, _Unserved(), include_in_schema=False))
    app.add_exception_handler(WatchwrightError, _on_watchwright_error)
    app.add_exception_handler(RequestValidationError, _on_validation_error)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_internal_error)


def _with_fixed_paths(routes: Sequence[BaseRoute]) -> Iterator[BaseRoute]:
    """Yield *routes* so that no parameter stands for a fixed path, such as ``import`` in /debug-sessions/import."""
    paths = [route.path for route in routes if isinstance(route, APIRoute)]
    patterns = [compile_path(path)[0] for path in paths if "{" in path]
    for place, (path, route) in enumerate(zip(paths, routes, strict=True)):
        yield route
        is_last = path not in paths[place + 1 :]
        if is_last and "{" not in path and any(pattern.fullmatch(path) for pattern in patterns):
            yield Route(path, _Unserved(), include_in_schema=False)


class _Unserved:
    """ASGI application that answers what no route matches. Starlette would restrict a function to some methods."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 405 if other methods are allowed there, else 404."""
        path = route_path(scope)
        if names := ", ".join(sorted(_allowed(path, scope["app"]))):
            detail = f"{path[:200]} does not allow {scope['method']}. Allowed: {names}."
            answer = problem(405, detail, headers={"Allow": names})
        else:
            answer = problem(404, f"There is no {path[:200]}. See /api/docs for all operations.")
        await answer(scope, receive, send)


def _allowed(path: str, app: FastAPI) -> set[str]:
    """Return the methods that routes accept for *path*."""
    if path in OUTSIDE:
        return READING
    paths: dict[str, dict[str, object]] = _description(app)["paths"]
    found = (
        [paths[path]] if path in paths else [has for at, has in paths.items() if compile_path(at)[0].fullmatch(path)]
    )
    names = {name.upper() for methods in found for name in methods}
    return names | READING if "GET" in names else names


def _description(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        app.openapi_schema = describe(app, f"{PREFIX}/")
    return app.openapi_schema


async def _on_watchwright_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, WatchwrightError)
    return problem_of(error)


async def _on_validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    route = request.scope.get("route")
    return validation_problem(error, body_of(route) if isinstance(route, APIRoute) else None)


async def _on_http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = UNREADABLE if error.status_code == 400 else str(error.detail)
    return problem(error.status_code, detail, headers=error.headers)


async def _on_internal_error(request: Request, _error: Exception) -> Response:
    """Answer an unexpected error, which the server has logged."""
    is_asked_by_a_program = route_path(request.scope).startswith(f"{PREFIX}/")
    return problem(500, OUR_MISTAKE) if is_asked_by_a_program else PlainTextResponse(OUR_MISTAKE, 500)
