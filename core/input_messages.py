"""Explains what is wrong with input, in words for the person who gave it."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

SIMILARITY = 0.65  # of two names from which one is suggested for the other


def problem_message(problem: Any) -> str:
    """Return one of pydantic's errors as one sentence to show beside its field."""
    kind, limits = str(problem["type"]), problem.get("ctx") or {}
    if limits.get("field_type") == "Value":
        kind = f"string_{kind}"  # a secret: pydantic reports its length like a list's
    if kind in NOT_EMPTY and limits.get("min_length") == 1:
        return NOT_EMPTY[kind]
    if kind in MESSAGES:
        plain = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in limits.items()}
        return MESSAGES[kind].format(**plain)
    return sentence(str(problem["msg"]).removeprefix("Value error, "))


def no_such(name: str, known: Iterable[str], *, kind: str = "field") -> str:
    """Return a sentence that no *kind* is called *name*, with the most similar *known* name if there is one."""
    meant = nearest(name, known)
    return f"There is no {kind} {name[:100]}{f'; perhaps {meant} is meant' if meant else ''}."


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar *known* name; None if none is similar."""
    found = get_close_matches(name.casefold().replace("-", "_"), list(known), n=1, cutoff=SIMILARITY)
    return found[0] if found else None


def sentence(words: object) -> str:
    """Return *words*, such as those of a ValueError, with a capital and, unless it is a question, a full stop."""
    said = str(words).rstrip(".")
    return f"{said[:1].upper()}{said[1:]}{'' if said.endswith('?') else '.'}"


NOT_EMPTY = {"string_too_short": "This must not be empty.", "too_short": "Give at least one."}
MESSAGES = {  # replaces pydantic's messages, which are not for a person who filled in a form
    "missing": "This must be given.",
    "extra_forbidden": "There is no such field.",
    "int_parsing": "Give a whole number.",
    "int_from_float": "Give a whole number.",
    "float_parsing": "Give a number.",
    "greater_than": "Give a number above {gt}.",
    "greater_than_equal": "Give a number from {ge} on.",
    "less_than_equal": "Give a number up to {le}.",
    "string_too_short": "Give at least {min_length} characters.",
    "string_too_long": "Give at most {max_length} characters.",
    "too_short": "Give at least {min_length}.",
    "too_long": "Give at most {max_length}.",
    "string_type": "Give a text.",
    "string_unicode": "Give a text; half of a surrogate pair is none.",
    "list_type": "Give a list.",
    "dict_type": "Give names with values.",
    "model_type": "Give names with values.",
    "model_attributes_type": "Give names with values.",
    "int_type": "Give a whole number.",
    "float_type": "Give a number.",
    "finite_number": "Give a number.",
    "bool_parsing": "Give true or false.",
    "bool_type": "Give true or false.",
    "datetime_parsing": "Give a date and time, such as 2026-03-01T12:00:00Z.",
    "datetime_from_date_parsing": "Give a date and time, such as 2026-03-01T12:00:00Z.",
    "datetime_type": "Give a date and time, such as 2026-03-01T12:00:00Z.",
    "less_than": "Give a number below {lt}.",
    "literal_error": "Give one of {expected}.",
    "enum": "Give one of {expected}.",
}
