"""/api/v1/search: full-text search."""

from typing import Annotated

from fastapi import Query

from core.database import in_session
from core.schemas.search import SearchFound
from core.services.search import search
from dashboard.api.noun_router import noun_router

router = noun_router("search", "/search")


@router.get("")
async def find(
    q: Annotated[str, Query(max_length=200, description="Words that must all stand there.")],
    limit: Annotated[int, Query(ge=1, le=100, description="Hits of each kind.")] = 8,
) -> SearchFound:
    """Websites, downtime windows, errors of checks and sessions, requests by URL and header values."""
    return await in_session(search, q, limit=limit)
