"""Schemas of API tokens. The token itself is shown once, when it is created."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from core.schemas.base import Given, ListResponse, Name, UtcInstant


class Scope(StrEnum):
    """The permissions of an API token."""

    READ = "read"
    WRITE = "write"
    DEBUG = "debug"


class ApiTokenBase(Given):
    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1)] = [Scope.READ]
    expires_at: UtcInstant | None = None
    """None if the token does not expire."""


class ApiTokenCreate(ApiTokenBase):
    pass


class ApiTokenRead(ApiTokenBase):
    id: int
    user_id: int
    last_used_at: UtcInstant | None
    created_at: UtcInstant


class ApiTokenListResponse(ListResponse[ApiTokenRead]):
    pass
