"""What a form's reader has changed in it, so that saving leaves what others changed meanwhile. Pure."""

from typing import Any

Given = dict[str, Any]


def changed_fields(given: Given, opened: Given, *together: frozenset[str]) -> Given:
    """What of *given* is not as it was when the form was *opened*; names that stand *together* go as one."""
    names = {name for name, value in given.items() if (name, value) not in opened.items()}
    for group in together:
        names |= group if names & group else set()
    return {name: value for name, value in given.items() if name in names}
