"""NiceGUI without the HTTP clients that its libraries import where they can: a server has no use for their 13 MB."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

CLIENTS = ("aiohttp", "requests", "websocket")
"""Of engineio's client, which takes each as an extra and does without it when it is not installed."""


def import_nicegui() -> None:
    """Import NiceGUI; to be called before anything else does, and for nothing afterwards."""
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
