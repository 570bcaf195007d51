"""NiceGUI without what its libraries import where they can and a server has no use for: 16 MB."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

CLIENTS = ("aiohttp", "requests", "websocket")
"""Of engineio's client, which takes each as an extra and does without it when it is not installed."""

OLD_MODELS = "pydantic.v1"
"""FastAPI imports all of it at the first route, to tell whether a model is one of those that it refuses."""


def import_nicegui() -> None:
    """Import NiceGUI; to be called before anything else does, and for nothing afterwards."""
    sys.modules.setdefault(OLD_MODELS, None)  # type: ignore[arg-type] # FastAPI asks again and again
    with _hidden(*CLIENTS):
        import nicegui  # noqa: F401 - for what stays imported


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
