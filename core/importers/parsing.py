"""Helps to read files of other programs: a malformed entry is skipped with a reason, and the rest is read. Pure."""

import re
from collections.abc import Callable
from typing import Any

from core.configuration.objects import website_key
from core.errors import InvalidInput
from core.importers.import_data import ImportData
from core.schemas.notification_rule import A_MINUTE, A_WEEK
from core.schemas.url import normalise_url

Row = dict[str, Any]
MISFORMED = (AttributeError, KeyError, OverflowError, TypeError, ValueError)
"""Errors that reading raises if a value is missing or of an unexpected type."""

STEP = re.compile(r"\[(?P<number>\d+)\]|\.?(?P<name>[^.\[\]]+)")
PLAIN = re.compile(r"[^\W\d]\w*")  # a name that RFC 9535 allows after a dot


def json_path(steps: str) -> str:
    """Convert *steps*, such as ``.my-key[0].name``, to a JSON path (RFC 9535)."""
    found = STEP.finditer(steps.removeprefix("$"))
    return "$" + "".join(f"[{step['number']}]" if step["number"] else _member(step["name"]) for step in found)


def _member(name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f".{name}" if PLAIN.fullmatch(name) else f"['{quoted}']"


def url_key(url: str) -> str | None:
    """Return the key of the website at *url*, independent of its spelling; None if the URL is invalid."""
    try:
        return website_key(normalise_url(url))
    except ValueError:
        return None


def remind_every(seconds: float) -> int:
    """Return the interval of reminders closest to *seconds* that a rule allows; 0 for never."""
    return min(max(round(seconds), A_MINUTE), A_WEEK) if seconds > 0 else 0


def entries(value: Any, name: str) -> list[Any]:
    """Return the entries of the list called *name*; [] if *value* is None.

    Raises:
        InvalidInput: The value is not a list.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(f"{name} is not a list.")
    return value


def rows_of(content: Row, name: str, *, needed: str) -> list[Row]:
    """Return the list called *name* in *content*, whose entries must have the field *needed*; [] if it is missing.

    Raises:
        InvalidInput: The value is not such a list.
    """
    rows = entries(content.get(name), name)
    for number, row in enumerate(rows, 1):
        if needed not in fields(row, f"Entry {number} of {name}"):
            raise InvalidInput(f"Entry {number} of {name} has no {needed}.")
    return rows


def fields(value: Any, name: str) -> Row:
    """Return the fields of the object called *name*; {} if *value* is None.

    Raises:
        InvalidInput: The value is not an object.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} is not an object with names and values.")
    return value


def each(kind: str, found: ImportData, given: list[Any], read: Callable[[Any], None]) -> None:
    """Call *read* with each of *given*; an entry that it cannot read is skipped with a reason."""
    for number, entry in enumerate(given, 1):
        try:
            read(entry)
        except (InvalidInput, *MISFORMED) as error:
            found.leave(f"{kind} {_name(entry, number)}", explained(error))


def explained(error: Exception) -> str:
    """Return why an entry could not be read, in a sentence."""
    if isinstance(error, InvalidInput):
        return str(error)
    if isinstance(error, KeyError):
        return f"It has no {error.args[0]}."
    return "A value in it is missing or has the wrong format."


def _name(entry: Any, number: int) -> str:
    known = entry if isinstance(entry, dict) else {}
    return next((str(known[key]) for key in ("name", "title", "job_name", "url") if known.get(key)), f"number {number}")
