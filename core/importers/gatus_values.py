"""Parses durations and environment variables in Gatus' configuration. Pure."""

import re
from collections.abc import Mapping
from typing import Any

LENGTH = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h)")
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3_600}
VARIABLE = re.compile(r"\$(?:(?P<escaped>\$)|\{(?P<braced>\w+)\}|(?P<bare>[A-Za-z_]\w*))")


def seconds(text: object, usual: float) -> float:
    """Return the seconds of a duration such as ``1m30s``; *usual* if *text* is not a duration."""
    parts = LENGTH.findall(str(text)) if text else []
    return sum(float(number) * SECONDS[unit] for number, unit in parts) if parts else usual


def with_variables(value: Any, environment: Mapping[str, str], missing: set[str]) -> Any:
    """Return *value* with ``${NAME}`` and ``$NAME`` replaced from *environment*; unset names are added to *missing*."""

    def replacement(found: re.Match[str]) -> str:
        name = found["braced"] or found["bare"]
        if not name:
            return "$"
        if name not in environment:
            missing.add(name)
        return environment.get(name, found[0])

    if isinstance(value, str):
        return VARIABLE.sub(replacement, value)
    if isinstance(value, list):
        return [with_variables(item, environment, missing) for item in value]
    if isinstance(value, dict):
        return {name: with_variables(item, environment, missing) for name, item in value.items()}
    return value
