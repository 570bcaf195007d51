"""/api/v1/search: where words stand."""

from typing import Annotated

from fastapi import APIRouter, Query

from core.database import in_session
from core.schemas.search import SearchFound
from core.services.search import search
from dashboard.api.problems import RESPONSES

router = APIRouter(prefix="/search", tags=["search"], responses=RESPONSES)


@router.get("")
async def find(
    q: Annotated[str, Query(max_length=200, description="Words that must all stand there.")],
    limit: Annotated[int, Query(ge=1, le=100, description="Hits of each kind.")] = 8,
) -> SearchFound:
    """Websites, downtime windows, errors of checks and sessions, requests by URL and header values."""
    return await in_session(search, q, limit=limit)
