"""What a console shows of a call's arguments: its substitutions done (Console Standard §2.2). Pure."""

import re
from collections.abc import Callable, Sequence
from typing import Any

Argument = dict[str, Any]
"""CDP ``Runtime.RemoteObject``."""

_SPECIFIER = re.compile(r"%([sdifoOc%])")


def formatted(arguments: Sequence[Argument], shown: Callable[[Argument], str]) -> str:
    """The line that a browser's console has, without the styles of ``%c``; *shown* gives one argument's words."""
    if not arguments:
        return ""
    template, rest = arguments[0].get("value"), list(arguments[1:])
    if not isinstance(template, str) or not rest:
        return " ".join(map(shown, arguments))

    def substituted(match: re.Match[str]) -> str:
        kind = match[1]
        if kind == "%":
            return "%"
        if not rest:
            return match[0]
        argument = rest.pop(0)
        if kind == "c":
            return ""
        return _whole(argument, shown) if kind in "di" else shown(argument)

    return " ".join([_SPECIFIER.sub(substituted, template), *map(shown, rest)])


def _whole(argument: Argument, shown: Callable[[Argument], str]) -> str:
    value = argument.get("value")
    return str(int(value)) if isinstance(value, float) else shown(argument)
