"""Finds which fields of a form its reader changed, so that saving keeps other people's changes. Pure."""

from typing import Any

FormValues = dict[str, Any]


def changed_fields(values: FormValues, opened: FormValues, *together: frozenset[str]) -> FormValues:
    """Return the fields of *values* that differ from *opened*. If one of a *together* group differs, all do."""
    names = {name for name, value in values.items() if (name, value) not in opened.items()}
    for group in together:
        names |= group if names & group else set()
    return {name: value for name, value in values.items() if name in names}
