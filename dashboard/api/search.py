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
    q: Annotated[str, Query(max_length=200, description="Words that must all occur.")],
    limit: Annotated[int, Query(ge=1, le=100, description="Maximum results per kind.")] = 8,
) -> SearchFound:
    """Search websites, downtime windows, check and session errors, request URLs and header values."""
    return await in_session(search, q, limit=limit)
