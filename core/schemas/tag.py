"""A tag as it crosses a border."""

from typing import Annotated

from pydantic import AfterValidator, Field

from core.schemas.base import Change, Given, ListResponse, UtcInstant

LONGEST_TAG = 64  # characters


def _name(value: str) -> str:
    if "," in value:
        raise ValueError("a tag has no comma, which separates tags; give them one by one")
    if "\0" in value:
        raise ValueError("a tag contains a NUL character; remove it")
    return value.lower()


TagName = Annotated[str, Field(min_length=1, max_length=LONGEST_TAG), AfterValidator(_name)]


class TagBase(Given):
    name: TagName


class TagCreate(TagBase):
    pass


class TagUpdate(Change):
    name: TagName | None = None


class TagRead(TagBase):
    id: int
    created_at: UtcInstant
    updated_at: UtcInstant


class TagListResponse(ListResponse[TagRead]):
    pass
