"""Schemas of looks."""

from typing import Any

from core.schemas.base import ListResponse, Schema, UtcInstant


class LookBase(Schema):
    began_at: UtcInstant
    duration_ms: float
    is_good: bool
    steps: dict[str, Any]
    check_id: int | None = None
    window_id: int | None = None


class LookCreate(LookBase):
    website_id: int


class LookRead(LookBase):
    id: int
    website_id: int
    created_at: UtcInstant


class LookListResponse(ListResponse[LookRead]):
    pass
