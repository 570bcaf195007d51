"""An API token as it crosses a border; the token itself is shown once, when it is made."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from core.schemas.base import ListResponse, Schema, UtcInstant


class Scope(StrEnum):
    """What an API token may be used for."""

    READ = "read"
    WRITE = "write"
    DEBUG = "debug"


class ApiTokenBase(Schema):
    name: Annotated[str, Field(min_length=1, max_length=255)]
    scopes: Annotated[list[Scope], Field(min_length=1)] = [Scope.READ]
    expires_at: UtcInstant | None = None
    """None: until it is deleted."""


class ApiTokenCreate(ApiTokenBase):
    pass


class ApiTokenRead(ApiTokenBase):
    id: int
    user_id: int
    last_used_at: UtcInstant | None
    created_at: UtcInstant


class ApiTokenListResponse(ListResponse[ApiTokenRead]):
    pass
