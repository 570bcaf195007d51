"""Reads options that people give as texts, by flags or in a form, into the options' schema. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError

from core.errors import InvalidInput
from core.schemas import explain_each

Options = TypeVar("Options", bound=BaseModel)

NOT_TOGETHER = ""
"""The key in `problems` of a problem that several flags cause together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags(Generic[Options]):
    """The flags of one options schema."""

    schema: type[Options]
    fields: Mapping[str, str]
    """Each flag, with the field that it sets."""
    readers: Mapping[str, Callable[[Any], Any]]
    """Converts a flag's text into its field's value, where those differ. Each may raise ValueError."""

    def options_of(self, flags: dict[str, Any], *, beside: dict[str, Any] | None = None) -> Options:
        """Return the options of *flags* (None or empty if not given), on top of the fields *beside* them.

        Raises:
            InvalidInput: A flag is invalid, alone or with others; `by_field` names each flag that is wrong.
        """
        options, wrong = self._read(flags, beside or {})
        if options is None:
            flag, sentence = next(iter(wrong.items()))
            raise InvalidInput(f"--{flag.replace('_', '-')}: {sentence}" if flag else sentence, wrong)
        return options

    def problems(self, flags: dict[str, Any]) -> dict[str, str]:
        """Return what is wrong with each flag, in one sentence each; problems of several flags under `NOT_TOGETHER`."""
        return self._read(flags, {})[1]

    def _read(self, flags: dict[str, Any], beside: dict[str, Any]) -> tuple[Options | None, dict[str, str]]:
        values, wrong = dict(beside), dict[str, str]()
        for flag, value in flags.items():
            if value in (None, "", []):
                continue
            try:
                values[self.fields[flag]] = self.readers[flag](value) if flag in self.readers else value
            except ValueError as error:
                wrong[flag] = str(error)
        try:
            options = self.schema.model_validate(values)
        except ValidationError as error:
            flag_of = {name: flag for flag, name in self.fields.items()}
            errors = {flag_of.get(name, NOT_TOGETHER): sentence for name, sentence in explain_each(error).items()}
            return None, {**errors, **wrong}
        return (None, wrong) if wrong else (options, {})


@contextmanager
def named(flags: Mapping[str, str]) -> Iterator[None]:
    """Report a field that the block refuses by the name of its flag. *flags* maps each field to its flag.

    Raises:
        InvalidInput: The block raised it.
    """
    try:
        yield
    except InvalidInput as error:
        field, words = next(iter(error.by_field.items()), ("", ""))
        if field not in flags:
            raise
        raise InvalidInput(f"--{flags[field]}: {words}") from error


def pair(line: str, form: str, *, separator: str = ":") -> tuple[str, str]:
    """Return the parts of *line* before and after the first *separator*, stripped.

    Raises:
        ValueError: *line* has no separator, or nothing before it. The message begins with *form*.
    """
    name, found, value = line.partition(separator)
    if not found or not name.strip():
        raise ValueError(f"{form}, not {line[:60]!r}.")
    return name.strip(), value.strip()


def headers(lines: Sequence[str]) -> dict[str, str]:
    """Return the headers in *lines*.

    Raises:
        ValueError: A line is not a header, or a header is given twice.
    """
    pairs = [pair(line, "Each must be NAME: VALUE, such as Accept-Language: de") for line in lines]
    if len({name.lower() for name, _value in pairs}) < len(pairs):
        raise ValueError("A header is given twice.")
    return dict(pairs)


def account(value: str | dict[str, str]) -> dict[str, str]:
    """Return *value* unchanged if it is a dict, else the parts of ``USER:PASSWORD``.

    Raises:
        ValueError: *value* is a text of another form.
    """
    if isinstance(value, dict):
        return value
    username, password = pair(value, "It must be USER:PASSWORD")
    return {"username": username, "password": password}
