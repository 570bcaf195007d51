"""Two steps of NiceGUI that took a third of the time of drawing a page, done quicker; what they give is the same.

Each stands in for a function of NiceGUI's own that is looked up by its name, so that all pages gain by it.
"""

from collections.abc import Callable
from functools import lru_cache
from types import MethodType, SimpleNamespace
from typing import Any

from nicegui import client, helpers, json

_expects_arguments = helpers.expects_arguments
_expects_beyond_self = lru_cache(maxsize=1024)(lambda method: _expects_arguments(MethodType(method, object())))


def install() -> None:
    """Let NiceGUI use them; to be called before the first page is drawn, any number of times."""
    helpers.expects_arguments = expects_arguments
    setattr(client, "json", SimpleNamespace(dumps=dumps, loads=json.loads))  # noqa: B010 - no name of its interface


def expects_arguments(func: Callable[..., Any]) -> bool:
    """Whether *func* must be given arguments.

    NiceGUI asks it of three methods for each element of a page and reads their signatures each time.
    """
    if isinstance(func, MethodType):
        return bool(_expects_beyond_self(func.__func__))
    return _expects_arguments(func)


def dumps(value: Any, **given: Any) -> str:
    """*value* as JSON, to be escaped quickly."""
    return Escapable(json.dumps(value, **given))


class Escapable(str):
    """A text of which few characters are to be replaced: `translate` looks each of all of them up."""

    __slots__ = ()

    def translate(self, table: Any, /) -> str:
        """As `str.translate`, of a *table* no text of which has a character that it replaces later on."""
        text = str(self)
        for code, instead in table.items():
            text = text.replace(chr(code), instead)
        return text
