"""Formats the arguments of a console call, with substitutions (Console Standard §2.2). Pure."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from core.debugging.redaction.secret_names import is_secret_name

Argument = dict[str, Any]
"""CDP ``Runtime.RemoteObject``."""

_WORD = re.compile(r"[\w-]{1,64}")
_SPECIFIER = re.compile(r"%([sdifoOc%])")


def formatted(arguments: Sequence[Argument], shown: Callable[[Argument], str]) -> str:
    """Return the line that a browser's console shows, without ``%c`` styles; *shown* turns one argument into text."""
    if not arguments:
        return ""
    template, rest = arguments[0].get("value"), list(arguments[1:])
    if not isinstance(template, str) or not rest:
        return _joined(arguments, shown)

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

    line = _SPECIFIER.sub(substituted, template)
    return _joined([{"value": line}, *rest], shown)


def _joined(arguments: Sequence[Argument], shown: Callable[[Argument], str]) -> str:
    """Join with spaces; the name of a secret gets a colon, so that redaction masks the next argument."""
    words = [
        f"{word}:" if not is_last and _WORD.fullmatch(word) and is_secret_name(word) else word
        for word, is_last in zip(map(shown, arguments), [*[False] * (len(arguments) - 1), True], strict=True)
    ]
    return " ".join(words)


def _whole(argument: Argument, shown: Callable[[Argument], str]) -> str:
    value = argument.get("value")
    return str(int(value)) if isinstance(value, float) else shown(argument)
