"""What the routers of all nouns of REST v1 have in common."""

from fastapi import APIRouter, Depends
from fastapi.routing import APIRoute

from dashboard.api.unknown import refuse_unknown
from dashboard.problems import RESPONSES

PREFIX = "/api/v1"


def noun_router(tag: str, path: str = "") -> APIRouter:
    """The router of what is below *path*, whose routes the application takes as they are.

    FastAPI makes each route, with all that checks what comes and goes, once more for each router that includes it.
    """
    return APIRouter(
        prefix=PREFIX + path,
        tags=[tag],
        responses=RESPONSES,
        dependencies=[Depends(refuse_unknown)],
        generate_unique_id_function=operation_id,
    )


def operation_id(route: APIRoute) -> str:
    """What a client that is generated from the description calls it: as our function is called."""
    return route.name
