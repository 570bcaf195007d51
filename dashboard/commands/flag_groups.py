"""Adds a shared group of flags to a Typer command."""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any

Command = Callable[..., None]


def takes_flags(name: str, flags: Command) -> Callable[[Command], Command]:
    """Return a decorator that adds the parameters of *flags* to a command, which gets them as the dict *name*."""
    flag_parameters = inspect.signature(flags).parameters

    def give(command: Command) -> Command:
        own = [parameter for parameter in inspect.signature(command).parameters.values() if parameter.name != name]

        @wraps(command)
        def run(**arguments: Any) -> None:
            command(**{name: {flag: arguments.pop(flag) for flag in flag_parameters}}, **arguments)

        run.__signature__ = inspect.Signature([*own, *flag_parameters.values()])  # type: ignore[attr-defined] # Typer reads it
        run.__annotations__ = {parameter.name: parameter.annotation for parameter in (*own, *flag_parameters.values())}
        return run

    return give
