"""Schemas of accounts, without their secrets."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from core.models import Role
from core.schemas.base import ListResponse, Schema, UtcInstant


def _name(value: str) -> str:
    if any(not char.isprintable() or char.isspace() for char in value):
        raise ValueError("an account's name must not contain spaces or control characters; an e-mail address works")
    return value.lower()


UserName = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_name)]


class UserBase(Schema):
    name: UserName
    role: Role = Role.VIEWER


class UserCreate(UserBase):
    password: Annotated[SecretStr, Field(min_length=1)] | None = None
    """As typed; None for an account that uses OpenID Connect. `core.accounts` validates and hashes it."""


class UserUpdate(Schema):
    """Changes of an account; omitted fields stay unchanged."""

    name: UserName | None = None
    role: Role | None = None
    is_active: bool | None = None


class UserRead(UserBase):
    name: str
    """Not validated: later rules for names must not prevent the listing of existing accounts."""
    id: int
    is_active: bool
    has_two_step: bool = False
    last_sign_in_at: UtcInstant | None
    created_at: UtcInstant
    updated_at: UtcInstant


class UserListResponse(ListResponse[UserRead]):
    pass
