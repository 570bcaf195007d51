"""Imports NiceGUI without optional parts of its dependencies, which saves 18 MB of memory."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import BaseModel

EXTRAS = ("aiohttp", "requests", "websocket", "watchfiles")
"""Imported by engineio's client and uvicorn's reloader, which also work without them."""

OLD_MODELS = "pydantic.v1"
"""FastAPI imports it at the first route, only to recognise and refuse old models."""


def import_nicegui() -> None:
    """Import NiceGUI without the optional parts. Must run before anything else imports NiceGUI or FastAPI."""
    sys.modules.setdefault(OLD_MODELS, None)  # type: ignore[arg-type] # for good: FastAPI imports it repeatedly
    with _hidden(*EXTRAS):
        with _built_late():
            import fastapi.openapi.models  # noqa: F401
        import nicegui  # noqa: F401 - both imports are for their side effect


@contextmanager
def _built_late() -> Iterator[None]:
    """Make Pydantic build a model's validator at its first use, not at its definition.

    FastAPI defines 36 models of OpenAPI's parts, which only the API's documentation uses.
    """
    BaseModel.model_config["defer_build"] = True
    try:
        yield
    finally:
        del BaseModel.model_config["defer_build"]


@contextmanager
def _hidden(*names: str) -> Iterator[None]:
    """Make imports of *names* fail within the block, except modules that are imported already."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type] # None in sys.modules makes an import fail
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
