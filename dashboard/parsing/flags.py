"""Options as people give them, by flags or in a form, one text each, read into the schema of the options. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import InvalidInput
from core.schemas import explain_each

Options = TypeVar("Options", bound=BaseModel)

NOT_TOGETHER = ""
"""What a problem is found under that several flags make together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags(Generic[Options]):
    """The flags of one schema."""

    schema: type[Options]
    fields: Mapping[str, str]
    """Each flag with the field that it gives."""
    readers: Mapping[str, Callable[[Any], Any]]
    """For flags whose text is not yet the field's value; each may raise ValueError."""

    def options_of(self, flags: dict[str, Any], *, beside: dict[str, Any] | None = None) -> Options:
        """The options that *flags* (those not given are None or empty) ask for, and what is *beside* them already.

        Raises:
            InvalidInput: A flag cannot be used, alone or beside the others; `by_field` names each flag that is wrong.
        """
        options, wrong = self._read(flags, beside or {})
        if options is None:
            flag, sentence = next(iter(wrong.items()))
            raise InvalidInput(f"--{flag.replace('_', '-')}: {sentence}" if flag else sentence, wrong)
        return options

    def problems(self, flags: dict[str, Any]) -> dict[str, str]:
        """What is wrong with each of *flags*, in one sentence; under `NOT_TOGETHER` what is with them together."""
        return self._read(flags, {})[1]

    def _read(self, flags: dict[str, Any], beside: dict[str, Any]) -> tuple[Options | None, dict[str, str]]:
        given, wrong = dict(beside), dict[str, str]()
        for flag, value in flags.items():
            if value in (None, "", []):
                continue
            try:
                given[self.fields[flag]] = self.readers[flag](value) if flag in self.readers else value
            except ValueError as error:
                wrong[flag] = str(error)
        try:
            options = self.schema.model_validate(given)
        except ValidationError as error:
            flag_of = {name: flag for flag, name in self.fields.items()}
            told = {flag_of.get(name, NOT_TOGETHER): sentence for name, sentence in explain_each(error).items()}
            return None, {**told, **wrong}
        return (None, wrong) if wrong else (options, {})


@contextmanager
def named(flags: Mapping[str, str]) -> Iterator[None]:
    """Have what the block refuses of a field said of the flag that gives it: *flags* has each field's.

    Raises:
        InvalidInput: As the block does.
    """
    try:
        yield
    except InvalidInput as error:
        field, words = next(iter(error.by_field.items()), ("", ""))
        if field not in flags:
            raise
        raise InvalidInput(f"--{flags[field]}: {words}") from error


def pair(line: str, form: str, *, separator: str = ":") -> tuple[str, str]:
    """What stands in *line* before and after the first *separator*.

    Raises:
        ValueError: There is none, or nothing before it; *form* says in words what it must be.
    """
    name, found, value = line.partition(separator)
    if not found or not name.strip():
        raise ValueError(f"{form}, not {line[:60]!r}.")
    return name.strip(), value.strip()


def headers(lines: Sequence[str]) -> dict[str, str]:
    """The headers that *lines* name.

    Raises:
        ValueError: A line is no header, or one is named twice.
    """
    pairs = [pair(line, "Each must be NAME: VALUE, such as Accept-Language: de") for line in lines]
    if len({name.lower() for name, _value in pairs}) < len(pairs):
        raise ValueError("A header is given twice.")
    return dict(pairs)


def account(given: str | dict[str, str]) -> dict[str, str]:
    """*given* as it is, or the two of ``USER:PASSWORD``.

    Raises:
        ValueError: It is neither.
    """
    if isinstance(given, dict):
        return given
    username, password = pair(given, "It must be USER:PASSWORD")
    return {"username": username, "password": password}
