"""Schemas of tags."""

from typing import Annotated

from pydantic import AfterValidator, Field

from core.schemas.base import Given

MAX_TAG = 64  # characters


def _name(value: str) -> str:
    if "," in value:
        raise ValueError("a tag has no comma, which separates tags; give them one by one")
    if "\0" in value:
        raise ValueError("a tag contains a NUL character; remove it")
    return value.lower()


TagName = Annotated[str, Field(min_length=1, max_length=MAX_TAG), AfterValidator(_name)]


class TagCreate(Given):
    name: TagName
