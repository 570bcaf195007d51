"""What all schemas share: instants in UTC, pages of a list, and one sentence for a wrong value."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from core.clock import as_utc

UtcInstant = Annotated[datetime, AfterValidator(as_utc)]
"""A timezone-aware instant in UTC; a naive value is taken to be UTC already."""

Item = TypeVar("Item")


class Schema(BaseModel):
    """A border: values come in checked, and rows of the store go out by attribute."""

    model_config = ConfigDict(from_attributes=True, str_strip_whitespace=True)


class ListResponse(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: int
    """All that match, not only those on this page."""
    page: int = 1
    """Counted from 1."""
    page_size: int = 50


def explain(error: ValidationError) -> str:
    """The first thing wrong in *error* as one sentence for a person."""
    first = error.errors()[0]
    message = first["msg"].removeprefix("Value error, ").rstrip(".")
    message = message[:1].upper() + message[1:]
    field = ".".join(str(part) for part in first["loc"])
    if first["type"] == "value_error" or not field:
        return f"{message}."
    if first["type"] == "missing":
        return f"{field} is missing."
    return f"{field}: {message[:1].lower()}{message[1:]}."
