"""How what other programs wrote is taken apart: what is formed otherwise is left and told, and ends nothing. Pure."""

import re
from collections.abc import Callable
from typing import Any

from core.configuration.contents import website_key
from core.errors import InvalidInput
from core.importers.found import Found
from core.schemas.notification_rule import A_MINUTE, A_WEEK
from core.schemas.url import normalise_url

Row = dict[str, Any]
MISFORMED = (AttributeError, KeyError, TypeError, ValueError)
"""What reading ends with where a value is of another kind than expected, or is not there."""


STEP = re.compile(r"\[(?P<number>\d+)\]|\.?(?P<name>[^.\[\]]+)")
PLAIN = re.compile(r"[^\W\d]\w*")  # a name that RFC 9535 takes after a dot


def json_path(steps: str) -> str:
    """The JSON path (RFC 9535) of what others write as *steps*, such as ``.my-key[0].name``."""
    found = STEP.finditer(steps.removeprefix("$"))
    return "$" + "".join(f"[{step['number']}]" if step["number"] else _member(step["name"]) for step in found)


def _member(name: str) -> str:
    quoted = name.replace("\\", "\\\\").replace("'", "\\'")
    return f".{name}" if PLAIN.fullmatch(name) else f"['{quoted}']"


def url_key(url: str) -> str | None:
    """By what the website at *url* is known, however it is spelled; None where that is none."""
    try:
        return website_key(normalise_url(url))
    except ValueError:
        return None


def remind_every(seconds: float) -> int:
    """How often a rule reminds, in seconds, as near to *seconds* as it can; 0 for never."""
    return min(max(round(seconds), A_MINUTE), A_WEEK) if seconds > 0 else 0


def entries(value: Any, name: str) -> list[Any]:
    """The entries of the list called *name*; none where there is no such list.

    Raises:
        InvalidInput: It is something else than a list.
    """
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidInput(f"{name} is no list.")
    return value


def rows_of(content: Row, name: str, *, needed: str) -> list[Row]:
    """The list called *name* in *content*, whose entries all have the field *needed*; none where it is missing.

    Raises:
        InvalidInput: It is no such list.
    """
    rows = entries(content.get(name), name)
    for number, row in enumerate(rows, 1):
        if needed not in fields(row, f"Entry {number} of {name}"):
            raise InvalidInput(f"Entry {number} of {name} has no {needed}.")
    return rows


def fields(value: Any, name: str) -> Row:
    """The fields of what is called *name*; none where there is no such thing.

    Raises:
        InvalidInput: It is something else than names with values.
    """
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise InvalidInput(f"{name} does not consist of names with values.")
    return value


def each(kind: str, found: Found, given: list[Any], read: Callable[[Any], None]) -> None:
    """Let *read* take each of *given*; one that it cannot take apart is left, and the others are read."""
    for number, one in enumerate(given, 1):
        try:
            read(one)
        except (InvalidInput, *MISFORMED) as error:
            found.leave(f"{kind} {_name(one, number)}", explained(error))


def explained(error: Exception) -> str:
    """What is wrong with an entry that could not be read, in a sentence."""
    if isinstance(error, InvalidInput):
        return str(error)
    if isinstance(error, KeyError):
        return f"It has no {error.args[0]}."
    return "It is not written as it should be, and is not read."


def _name(one: Any, number: int) -> str:
    known = one if isinstance(one, dict) else {}
    return next((str(known[key]) for key in ("name", "title", "job_name", "url") if known.get(key)), f"number {number}")
