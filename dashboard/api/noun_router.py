"""Creates the routers of REST v1."""

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute

from dashboard.api.unknown import refuse_unknown
from dashboard.problems import RESPONSES

PREFIX = "/api/v1"


def noun_router(tag: str, path: str = "") -> APIRouter:
    """Return a router for the routes below *path*. The application takes its routes without `include_router`.

    `include_router` would create each route, with all its validators, a second time.
    """
    return APIRouter(
        prefix=PREFIX + path,
        tags=[tag],
        responses=RESPONSES,
        dependencies=[Depends(refuse_unknown)],
        generate_unique_id_function=operation_id,
    )


def operation_id(route: APIRoute) -> str:
    """Return the operation's name in generated clients: the name of our function."""
    return route.name
