"""What all schemas share: instants in UTC, pages of a list, and one sentence for a wrong value."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from core.clock import as_utc
from core.errors import InvalidInput
from core.input_messages import problem_message

LAST_YEAR = 9000  # of an instant to which a span can be added: the calendar ends with 9999


def _within_years(moment: datetime) -> datetime:
    """*moment* in UTC, where that can be reckoned with."""
    found = None
    with suppress(OverflowError):  # there is no year 0
        found = as_utc(moment)
    if found is None or found.year > LAST_YEAR:
        raise ValueError(f"Give an instant from the years 1 to {LAST_YEAR}.")
    return found


UtcInstant = Annotated[datetime, AfterValidator(_within_years)]
"""A timezone-aware instant in UTC; a naive value is taken to be UTC already."""

Item = TypeVar("Item")


class Schema(BaseModel):
    """A border: values come in checked, and rows of the store go out by attribute."""

    model_config = ConfigDict(from_attributes=True, str_strip_whitespace=True)

    @classmethod
    def checked(cls, given: Mapping[str, Any]) -> Self:
        """What people or programs gave, by field.

        Raises:
            InvalidInput: A field cannot be used; the message tells the first.
        """
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InvalidInput(explain(error), explain_each(error)) from error


class Given(Schema):
    """What people and programs give; refuses what PostgreSQL cannot keep."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, data: Any) -> Any:
        for name, value in data.items() if isinstance(data, dict) else ():
            if isinstance(value, str) and "\0" in value:
                raise ValueError(f"{name} contains a NUL character; remove it")
        return data


class Change(Given):
    """What to change; what is not given stays, and so does what is None but may not be empty."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset()

    def changes(self) -> dict[str, Any]:
        """What is to be set, by name."""
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name in self.may_be_empty}

    def refuse_nulls(self) -> None:
        """See that all that is given is set: a program that sends null must not be told that it was done.

        Raises:
            InvalidInput: A null stands where nothing may be empty.
        """
        kept = self.model_dump(exclude_unset=True).keys() - self.changes().keys()
        if kept:
            raise InvalidInput(f"{min(kept)} cannot be null; leave it out to keep what it is.")


class ListResponse(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: int
    """All that match, not only those on this page."""
    page: int = 1
    """Counted from 1."""
    page_size: int = 50


def explain_each(error: ValidationError) -> dict[str, str]:
    """For each field that *error* names, the first thing wrong with it as one sentence; "" is what no field names."""
    told: dict[str, str] = {}
    for problem in error.errors():
        field = str(problem["loc"][0]) if problem["loc"] else ""
        told.setdefault(field, problem_message(problem))
    return told


def explain(error: ValidationError) -> str:
    """The first thing wrong in *error* as one sentence for a person."""
    first = error.errors()[0]
    return sentence_of(first, first["loc"])


def sentence_of(problem: Any, path: Sequence[str | int]) -> str:
    """One of the errors that pydantic names, as one sentence that names the field at *path*."""
    words, field = problem_message(problem), ".".join(str(part) for part in path)
    if problem["type"] == "value_error" or not field:
        return words
    if problem["type"] == "missing":
        return f"{field} is missing."
    if words.startswith("This "):
        return f"{field} {words.removeprefix('This ')}"
    return f"{field}: {words[:1].lower()}{words[1:]}"
