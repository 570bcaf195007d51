"""Base classes of schemas, with UTC instants, pages of lists, and error messages for people."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from core.clock import as_utc
from core.errors import InvalidInput
from core.input_messages import problem_message

LAST_YEAR = 9000  # leaves room to add a span, because the calendar ends with the year 9999


def _within_years(moment: datetime) -> datetime:
    """Return *moment* in UTC.

    Raises:
        ValueError: The year is too small or too large for calculations.
    """
    found = None
    with suppress(OverflowError):  # there is no year 0
        found = as_utc(moment)
    if found is None or found.year > LAST_YEAR:
        raise ValueError(f"Give an instant from the years 1 to {LAST_YEAR}.")
    return found


UtcInstant = Annotated[datetime, AfterValidator(_within_years)]
"""A timezone-aware instant in UTC. A naive value counts as UTC."""

Name = Annotated[str, Field(min_length=1, max_length=255)]

Item = TypeVar("Item")


class Schema(BaseModel):
    """The base of all schemas: validates input, and reads rows of the store by attribute."""

    model_config = ConfigDict(from_attributes=True, str_strip_whitespace=True)

    @classmethod
    def checked(cls, given: Mapping[str, Any]) -> Self:
        """Return the validated input, given by field.

        Raises:
            InvalidInput: A field is invalid; the message describes the first error.
        """
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise InvalidInput(explain(error), explain_each(error)) from error


class Given(Schema):
    """The base of input schemas. Rejects NUL characters, which PostgreSQL cannot store."""

    @model_validator(mode="before")
    @classmethod
    def _refuse_nul(cls, data: Any) -> Any:
        for name, value in data.items() if isinstance(data, dict) else ():
            if _has_nul(value):
                raise ValueError(f"the field {name} contains a NUL character; remove it")
        return data


def _has_nul(value: Any) -> bool:
    """Whether a text in *value*, at any depth, contains a NUL character."""
    waiting = [value]
    while waiting:  # not recursive, because hostile input is nested deeply
        one = waiting.pop()
        if isinstance(one, dict):
            waiting.extend(part for pair in one.items() for part in pair)
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str) and "\0" in one:
            return True
    return False


class Change(Given):
    """The base of update schemas. Missing fields stay unchanged, and so do null fields that must not be empty."""

    may_be_empty: ClassVar[frozenset[str]] = frozenset()

    def changes(self) -> dict[str, Any]:
        """Return the fields to set, by name."""
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name in self.may_be_empty}

    def refuse_nulls(self) -> None:
        """Reject nulls that would be ignored, so that a program does not take them for applied.

        Raises:
            InvalidInput: A field that must not be empty is null.
        """
        kept = self.model_dump(exclude_unset=True).keys() - self.changes().keys()
        if kept:
            raise InvalidInput(f"{min(kept)} cannot be null. Omit it to keep its value.")


class ListResponse(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    total: int
    """The number of all matches, not only those on this page."""
    page: int = 1
    """The number of the page, from 1."""
    page_size: int = 50


def explain_each(error: ValidationError) -> dict[str, str]:
    """Return the first error of each field as a sentence; the key "" has errors without a field."""
    messages: dict[str, str] = {}
    for problem in error.errors():
        field = str(problem["loc"][0]) if problem["loc"] else ""
        messages.setdefault(field, problem_message(problem))
    return messages


def explain(error: ValidationError) -> str:
    """Return the first error in *error* as a sentence for people."""
    first = error.errors()[0]
    return sentence_of(first, first["loc"])


def sentence_of(problem: Any, path: Sequence[str | int]) -> str:
    """Return one of pydantic's errors as a sentence that names the field at *path*."""
    words, field = problem_message(problem), ".".join(str(part) for part in path)
    if problem["type"] == "value_error" or not field:
        return words
    if problem["type"] == "missing":
        return f"{field} is missing."
    if words.startswith("This "):
        return f"{field} {words.removeprefix('This ')}"
    return f"{field}: {words[:1].lower()}{words[1:]}"
