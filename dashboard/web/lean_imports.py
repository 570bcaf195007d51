"""NiceGUI without what its libraries import or make where they can and a server has no use for: 18 MB."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

EXTRAS = ("aiohttp", "requests", "websocket", "watchfiles")
"""Of engineio's client and of uvicorn's reloader, which do without what is not installed."""

OLD_MODELS = "pydantic.v1"
"""FastAPI imports all of it at the first route, to tell whether a model is one of those that it refuses."""


def import_nicegui() -> None:
    """Import NiceGUI; to be called before anything else does, and for nothing afterwards."""
    sys.modules.setdefault(OLD_MODELS, None)  # type: ignore[arg-type] # FastAPI asks again and again
    with _hidden(*EXTRAS):
        with _built_late():
            import fastapi.openapi.models  # noqa: F401
        import nicegui  # noqa: F401 - both for what stays imported


@contextmanager
def _built_late() -> Iterator[None]:
    """Have Pydantic make what checks a model not with the model but when it is first used.

    FastAPI has 36 models of OpenAPI's parts, for whoever looks at the documentation of the API.
    """
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Have imports of these modules fail in the block, but for those that are there already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] # None there means that there is no such module
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
