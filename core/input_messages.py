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
    if kind == "literal_error" and " or " not in str(limits["expected"]):
        return f"Must be {limits['expected']}."
    if kind in MESSAGES:
        plain = {name: f"{limit:g}" if isinstance(limit, float) else limit for name, limit in limits.items()}
        return MESSAGES[kind].format(**plain)
    return sentence(str(problem["msg"]).removeprefix("Value error, "))


def no_such(name: str, known: Iterable[str], *, kind: str = "field") -> str:
    """Return a sentence that no *kind* is called *name*, with the most similar *known* name if there is one."""
    meant = nearest(name, known)
    return f"There is no {kind} {name[:100]}.{f' Did you mean {meant}?' if meant else ''}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the most similar *known* name; None if none is similar."""
    found = get_close_matches(name.casefold().replace("-", "_"), list(known), n=1, cutoff=SIMILARITY)
    return found[0] if found else None


def sentence(words: object) -> str:
    """Return *words*, such as those of a ValueError, with a capital and, unless it is a question, a full stop."""
    text = str(words).rstrip(".")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('?') else '.'}"


REQUIRED = "This is required."
NOT_EMPTY = {"string_too_short": REQUIRED, "too_short": "Must have at least one item."}
MESSAGES = {  # replaces pydantic's messages, which are not for a person who filled in a form
    "missing": REQUIRED,
    "extra_forbidden": "There is no such field.",
    "int_parsing_size": "Must be a smaller whole number.",
    "int_parsing": "Must be a whole number.",
    "int_from_float": "Must be a whole number.",
    "float_parsing": "Must be a number.",
    "greater_than": "Must be greater than {gt}.",
    "greater_than_equal": "Must be {ge} or more.",
    "less_than_equal": "Must be {le} or less.",
    "string_too_short": "Must have at least {min_length} characters.",
    "string_too_long": "Must have at most {max_length} characters.",
    "too_short": "Must have at least {min_length} items.",
    "too_long": "Must have at most {max_length} items.",
    "string_type": "Must be text.",
    "string_unicode": "Must be valid Unicode without lone surrogates.",
    "list_type": "Must be a list.",
    "dict_type": "Must be an object with names and values.",
    "model_type": "Must be an object with names and values.",
    "model_attributes_type": "Must be an object with names and values.",
    "int_type": "Must be a whole number.",
    "float_type": "Must be a number.",
    "finite_number": "Must be a number.",
    "bool_parsing": "Must be true or false.",
    "bool_type": "Must be true or false.",
    "datetime_parsing": "Must be a date and time such as 2026-03-01T12:00:00Z.",
    "datetime_from_date_parsing": "Must be a date and time such as 2026-03-01T12:00:00Z.",
    "datetime_type": "Must be a date and time such as 2026-03-01T12:00:00Z.",
    "less_than": "Must be less than {lt}.",
    "literal_error": "Must be one of {expected}.",
    "enum": "Must be one of {expected}.",
}
