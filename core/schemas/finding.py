"""Schemas of findings."""

from typing import Annotated, Any

from pydantic import Field

from core.schemas.base import ListResponse, Schema, UtcInstant


class FindingBase(Schema):
    kind: Annotated[str, Field(min_length=1, max_length=32)]
    sentence: Annotated[str, Field(min_length=1)]
    confidence: Annotated[str, Field(pattern="^(high|likely|note)$")]
    why: str
    rests_on: list[dict[str, Any]] = []


class FindingCreate(FindingBase):
    pass


class FindingRead(FindingBase):
    id: int
    window_id: int | None
    debug_session_id: int | None
    position: int
    created_at: UtcInstant


class FindingListResponse(ListResponse[FindingRead]):
    pass
